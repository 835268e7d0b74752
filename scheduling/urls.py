"""Where a clinic keeps its list, below /clinic/."""

from django.urls import path

from scheduling import clinic_views

urlpatterns = [
    path("", clinic_views.day, name="clinic-day"),
    path("<uuid:token>/came/", clinic_views.came, name="clinic-came"),
    path("<uuid:token>/undo/", clinic_views.undo, name="clinic-undo"),
]

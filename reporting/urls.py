"""Where reports are read."""

from django.urls import path

from reporting import views

urlpatterns = [
    path("reports/daily/", views.latest, name="daily-report"),
    path("reports/daily/<str:date>.csv", views.csv, name="daily-report-csv"),
    path("reports/daily/<str:date>/", views.day, name="daily-report-day"),
]

"""/live/<card>/"""

from django.urls import path

from contactcenter.live import views

urlpatterns = [path("<slug:name>/", views.card, name="live-card")]

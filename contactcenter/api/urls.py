"""Addresses of the API: versioned, so that a partner's program goes on working when there is a second one."""

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import SimpleRouter

from contactcenter.api import reading
from contactcenter.api.appointments import Appointments

router = SimpleRouter(use_regex_path=False)
router.register("appointments", Appointments, basename="api-appointment")

urlpatterns = [
    path("v1/", include(router.urls)),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", reading.docs, name="api-docs"),
    re_path(r"^v1/.*$", reading.Nothing.as_view()),
]

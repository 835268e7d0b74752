"""Every address, by who knocks: the carrier below /carrier/, people everywhere else."""

from django.contrib.auth import views as auth
from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("carrier/", include("ivr.urls")),
    path("carrier/", include("floor.urls")),
    path("login/", auth.LoginView.as_view(), name="login"),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", RedirectView.as_view(pattern_name="daily-report")),
    path("", include("reporting.urls")),
]

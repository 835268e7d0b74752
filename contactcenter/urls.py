"""Every address, by who knocks: the carrier below /carrier/, people everywhere else."""

from django.contrib.auth import views as auth
from django.urls import include, path

from contactcenter import navigation

urlpatterns = [
    path("carrier/", include("ivr.urls")),
    path("carrier/", include("floor.urls")),
    path("login/", auth.LoginView.as_view(), name="login"),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", navigation.home, name="home"),
    path("", include("reporting.urls")),
]

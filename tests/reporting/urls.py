"""The addresses these tests need, without the carrier's: a page of this room stands or falls alone."""

from django.contrib.auth import views as auth
from django.urls import include, path

from contactcenter import navigation

urlpatterns = [
    path("login/", auth.LoginView.as_view(), name="login"),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", navigation.home, name="home"),
    path("", include("reporting.urls")),
]

"""Every address, by who knocks: the carrier below /carrier/, people everywhere else."""

from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import include, path

from contactcenter import door, navigation

urlpatterns = [
    path("carrier/", include("ivr.urls")),
    path("carrier/", include("floor.urls")),
    path("login/", auth.LoginView.as_view(), name="login"),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path("admin/login/", door.admin_login),
    path("admin/logout/", auth.LogoutView.as_view()),
    path("admin/", admin.site.urls),
    path("api/", include("contactcenter.api.urls")),
    path("clinic/", include("scheduling.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("live/", include("contactcenter.live.urls")),
    path("", navigation.home, name="home"),
    path("", include("floor.desk.urls")),
    path("", include("floor.desk.give_urls")),
    path("", include("floor.hand_urls")),
    path("", include("reporting.urls")),
]

"""Where the floor is watched and reports are read."""

from django.urls import path

from reporting import board_views, views

urlpatterns = [
    path("floor/", board_views.floor, name="board"),
    path("floor/wall/", board_views.wall, name="wall"),
    path("floor/call-backs/", board_views.owed, name="board-owed"),
    path("floor/missed/", board_views.missed, name="board-missed"),
    path("reports/daily/", views.latest, name="daily-report"),
    path("reports/daily/<str:date>.csv", views.csv, name="daily-report-csv"),
    path("reports/daily/<str:date>/", views.day, name="daily-report-day"),
]

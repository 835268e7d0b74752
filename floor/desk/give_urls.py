"""Addresses of the right column. An appointment is named by its token; nothing typed stands in an address."""

from django.urls import path

from floor.desk import give_views

urlpatterns = [
    path("desk/articles/", give_views.articles, name="desk-articles"),
    path("desk/seats/", give_views.seats, name="desk-seats"),
    path("desk/hold/", give_views.hold, name="desk-hold"),
    path("desk/appointment/<uuid:token>/book/", give_views.book, name="desk-book"),
    path("desk/appointment/<uuid:token>/let-go/", give_views.let_go, name="desk-let-go"),
    path("desk/appointment/<uuid:token>/move/", give_views.move, name="desk-move"),
    path("desk/appointment/<uuid:token>/cancel/", give_views.cancel, name="desk-cancel"),
    path("desk/appointment/<uuid:token>/renew/", give_views.renew, name="desk-renew"),
]

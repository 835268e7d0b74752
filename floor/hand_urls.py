"""Addresses of the supervisor's page."""

from django.urls import path

from floor import hand_views

urlpatterns = [
    path("floor/hand/", hand_views.hand, name="hand"),
    path("floor/hand/listen/", hand_views.listen, name="hand-listen"),
    path("floor/hand/call/", hand_views.turn, name="hand-turn"),
    path("floor/hand/move/", hand_views.move, name="hand-move"),
    path("floor/hand/state/", hand_views.state, name="hand-state"),
]

"""Addresses the carrier knocks at."""

from django.urls import path

from ivr import webhooks

urlpatterns = [
    path("answer/", webhooks.answer, name="answer"),
    path("menu/<int:session_id>/<int:step>/", webhooks.menu, name="menu"),
    path("hangup/", webhooks.hangup, name="hangup"),
]

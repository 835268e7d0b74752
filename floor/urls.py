"""Addresses the carrier knocks at. They carry our ids and tokens, never a digit, a number or a name."""

from django.urls import path

from floor import webhooks, webhooks_guests, webhooks_number

urlpatterns = [
    path("wait/<int:entry_id>/", webhooks.wait, name="wait"),
    path("number/<int:entry_id>/<int:step>/ok/", webhooks_number.ok, name="number-ok"),
    path("number/<int:entry_id>/<int:step>/typed/", webhooks_number.typed, name="number-typed"),
    path("closing/<int:entry_id>/", webhooks.closing, name="closing"),
    path("transferred/<int:entry_id>/", webhooks.transferred, name="transferred"),
    path("voicemail/<uuid:token>/", webhooks.voicemail, name="voicemail"),
    path("voicemail/<uuid:token>/file/", webhooks.voicemail_file, name="voicemail-file"),
    path("text/<uuid:token>/", webhooks.text, name="text"),
    path("leg/<uuid:token>/", webhooks.leg, name="leg"),
    path("prompt/<uuid:token>/", webhooks.prompt, name="prompt"),
    path("room/<uuid:token>/", webhooks.room, name="room"),
    path("exit/<uuid:token>/", webhooks.left_room, name="exit"),
    path("hold/<uuid:token>/", webhooks.hold, name="hold"),
    path("consult/<uuid:token>/leg/", webhooks_guests.consult_leg, name="consult-leg"),
    path("consult/<uuid:token>/room/", webhooks_guests.consult_room, name="consult-room"),
    path("consult/<uuid:token>/prompt/", webhooks_guests.consult_prompt, name="consult-prompt"),
    path("listening/<uuid:token>/leg/", webhooks_guests.listening_leg, name="listening-leg"),
    path("listening/<uuid:token>/room/", webhooks_guests.listening_room, name="listening-room"),
    path("listening/<uuid:token>/prompt/", webhooks_guests.listening_prompt, name="listening-prompt"),
    path("callback/<uuid:token>/answer/", webhooks.callback_answer, name="callback-answer"),
    path("callback/<uuid:token>/key/", webhooks.callback_key, name="callback-key"),
    path("callback/<uuid:token>/machine/", webhooks.callback_machine, name="callback-machine"),
    path("callback/<uuid:token>/hangup/", webhooks.callback_hangup, name="callback-hangup"),
]

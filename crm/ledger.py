"""The words of the ledger: what may be written about a call, and which of it ends a contact.

A contact is one caller attempt; it survives transfer and call-back. Definitions: docs/metrics.md.
"""

from django.db.models import TextChoices


class Kind(TextChoices):
    """Kinds of `CallEvent`. `seconds` of the row means what stands in brackets."""

    OFFERED = "offered", "entered an operator queue"
    CONNECTED = "connected", "an operator connected [wait since entering the queue]"
    CALLBACK_OFFERED = "callback_offered", "was told that a call-back is possible"
    CALLBACK_ASKED = "callback_asked", "asked to be called back [wait until asking]"
    CALLBACK_DIALLED = "callback_dialled", "a call-back was dialled"
    DIAL_SETTLED = "dial_settled", "a dial that may have happened was settled by asking the carrier"
    CALLBACK_MOVED_UP = "callback_moved_up", "a supervisor moved the call-back up"
    CALL_ARRANGED = "call_arranged", "somebody is to be called by us"
    RING_ENDED = "ring_ended", "an operator was rung and did not connect [ring]"
    WRAPPED = "wrapped", "the operator finished the wrap-up [wrap]"
    RESTED = "rested", "nobody is dialled until the moment in `data` [rest]"
    MOVED = "moved", "was given another place, or went on waiting in another queue"
    HELD = "held", "the caller was on hold [hold]"
    TRANSFERRED = "transferred", "an operator passed the caller on [talk of this operator]"
    CONSULTED = "consulted", "somebody was asked to take the caller [talk with them]"
    HAD_CHOSEN = "had_chosen", "had got past the first question of the menu"
    TRANSFER_MISSED = "transfer_missed", "was passed on, and nobody took the call [wait since then]"
    DECLINED = "declined", "called back, said that they do not need us any more"

    # Fates: exactly one of these ends a contact; the database enforces it.
    BLOCKED = "blocked", "refused by rule"
    CLOSED = "closed", "rang outside hours"
    IVR_ABANDONED = "ivr_abandoned", "hung up in the menu"
    IVR_CONTAINED = "ivr_contained", "served by the menu"
    ANSWERED = "answered", "served by an operator [talk]"
    ABANDONED = "abandoned", "left the queue before an operator connected [wait]"
    OVERFLOW = "overflow", "sent elsewhere [wait]"
    VOICEMAIL = "voicemail", "left a message [wait]"
    TURNED_AWAY = "turned_away", "closing time, nobody left to serve [wait]"
    CALLBACK_DONE = "callback_done", "served by a call-back [talk]"
    CALLBACK_FAILED = "callback_failed", "could not be reached again"
    CALLBACK_CANCELLED = "callback_cancelled", "withdrew the call-back, or got through another way"


NOT_OFFERED_FATES = (Kind.BLOCKED, Kind.CLOSED, Kind.IVR_ABANDONED, Kind.IVR_CONTAINED)
OFFERED_FATES = (
    Kind.ANSWERED,
    Kind.ABANDONED,
    Kind.OVERFLOW,
    Kind.VOICEMAIL,
    Kind.TURNED_AWAY,
    Kind.CALLBACK_DONE,
    Kind.CALLBACK_FAILED,
    Kind.CALLBACK_CANCELLED,
)
FATES = NOT_OFFERED_FATES + OFFERED_FATES
# Not yet ended, counted from the floor's own rows while the day runs.
LIVE_FATES = ("callback_pending", "waiting", "talking")

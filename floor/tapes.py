"""The worker's part in messages callers leave: their sound is fetched from the carrier into a file of ours.

A page plays our file and never the carrier's address, which would tell a browser's history where to hear it.
"""

import logging
from datetime import datetime

from core import clock
from core.rows import each
from crm import recordings
from crm.models import Recording
from telephony.carrier import CarrierError, get_carrier

log = logging.getLogger(__name__)


def fetch(*, at: datetime | None = None) -> None:
    """Fetches what has come in. Many workers may run it at once; what fails is tried again in a minute."""
    at = at or clock.now()
    each(recordings.to_fetch(at), lambda tape: _fetch(tape, at))


def _fetch(tape: Recording, at: datetime) -> None:
    if not recordings.claim(tape, at=at):
        return
    try:
        sound = get_carrier().recording(tape.url)
    except CarrierError as error:
        log.warning("the sound of recording %s could not be fetched: %s", tape.pk, error)
        return
    recordings.fetched(tape, sound)

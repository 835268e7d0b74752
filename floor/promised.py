"""The one writer of `WaitPromise`: what waiting time a caller was told."""

from datetime import datetime

from django.db import transaction

from floor import outlook, waiting, waittime
from floor.models import Entry, Queue, WaitPromise


def announce(entry: Entry, *, at: datetime) -> None:
    """Works out what this caller is told now (`entry.told_*`, both None: nothing) and keeps it if it is news.

    One statement for the place in line; two more when the figures have changed.
    """
    said = _range(entry, at)
    low, high = (said.low_s, said.high_s) if said else (None, None)
    entry.tells = said
    if said is None or (low, high) == (entry.told_low_s, entry.told_high_s):
        return  # silence does not take back what was promised: the next figure is still no higher
    same = Entry.objects.filter(pk=entry.pk, told_low_s=entry.told_low_s, told_high_s=entry.told_high_s)
    with transaction.atomic(savepoint=False):
        if same.update(told_low_s=low, told_high_s=high) == 1:
            place = waiting.standing(entry, at=at).place
            WaitPromise.objects.create(entry_id=entry.pk, made_at=at, ahead=place, low_s=low, high_s=high)
    entry.told_low_s, entry.told_high_s = low, high


def _range(entry: Entry, at: datetime) -> waittime.Range | None:
    place, world = waiting.standing(entry, at=at), outlook.set_up(entry.agency_id, at)
    aht_s, calls = world.aht(place.operators)
    new = waittime.estimate(place.ahead, aht_s=aht_s, patience_s=world.patience_s, calls=calls)
    before = waittime.Range(entry.told_low_s, entry.told_high_s) if entry.told_high_s is not None else None
    return waittime.announced(new, before, open_for_s=_open_for(entry, at))


def _open_for(entry: Entry, at: datetime) -> float | None:
    """Seconds until closing cuts this caller off; None if it does not."""
    if entry.queue.at_closing == Queue.AtClosing.SERVE:
        return None
    closes = outlook.set_up(entry.agency_id, at).closes_at(entry.queue, at)
    return None if closes is None else (closes - at).total_seconds()

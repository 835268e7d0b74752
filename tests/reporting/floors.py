"""Hand-made floors: who waits, who is owed a call-back, what operators do. Rows as the floor's writers leave them."""

from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission

from core.models import Agency, Membership
from crm.ledger import Kind
from crm.models import CallEvent
from floor.models import Callback, Entry, Offer, Operator, Stint
from tests.floor.factories import breaks
from tests.reporting import factories as make


def watcher(of: Agency, name: str = "sup", *, permission: str = "view_board"):
    """A user of the agency who may watch its floor."""
    user = get_user_model().objects.create_user(name, password="pass", first_name="Dwayne", last_name="Kane")
    Membership.objects.create(user=user, agency=of)
    user.user_permissions.add(Permission.objects.get(codename=permission))
    return user


def entry(of: Agency, since: datetime, state: str = Entry.State.WAITING, *, queue: str = "book", **more) -> Entry:
    call = make.offered(of, since, queue=queue, drill=more.pop("drill", True), **more)
    moments = dict.fromkeys(("entered_at", "virtual_start", "rank_at", "not_before", "seen_at"), since)
    return Entry.objects.create(call=call, agency=of, queue=make.queue(of, queue), state=state, **moments)


def owed(of: Agency, since: datetime, *, rests_until: datetime | None = None, **more) -> Entry:
    made = entry(of, since, more.pop("state", Entry.State.CALLBACK), **more)
    make.event(made.call, Kind.CALLBACK_ASKED, after=20, seconds=20)
    if rests_until:
        Entry.objects.filter(pk=made.pk).update(not_before=rests_until)
    make.promise(made)
    assert Callback.objects.filter(entry=made).exists()
    return made


def operator(of: Agency, first: str, last: str = "Xu") -> Operator:
    name = f"{first}.{last}.{of.pk}".lower()
    user = get_user_model().objects.create_user(name, password="pass", first_name=first, last_name=last)
    return Operator.objects.create(user=user, agency=of, device="sip:x@example.org")


def at_work(of: Agency, first: str, state: str, since: datetime, *, reason: str = "") -> Operator:
    """An operator with their open stint, and one before it, which is over."""
    one = operator(of, first)
    make.stint(one, Stint.State.AWAY, since - timedelta(hours=1), since)
    Stint.objects.create(operator=one, agency=of, state=state, since=since, reason=reason)
    return one


def offered_to(one: Operator, to: Entry, state: str, since: datetime) -> Offer:
    states = {Offer.State.CONNECTED: Entry.State.TALKING}
    Entry.objects.filter(pk=to.pk).update(state=states.get(state, Entry.State.OFFERED))
    if state == Offer.State.CONNECTED:
        seconds = (since - to.entered_at).total_seconds()
        make.event(to.call, Kind.CONNECTED, after=seconds, seconds=seconds)
    return Offer.objects.create(entry=to, operator=one, state=state, made_at=since, due_at=since)


def talks(of: Agency, first: str, since: datetime, *, queue: str = "book") -> Operator:
    one = at_work(of, first, Stint.State.TALKING, since)
    offered_to(one, entry(of, since - timedelta(seconds=8), queue=queue), Offer.State.CONNECTED, since)
    return one


def rings(of: Agency, first: str, since: datetime, *, queue: str = "book", reserved: bool = False) -> Operator:
    one = at_work(of, first, Stint.State.OFFERED, since)
    to = (owed if reserved else entry)(of, since - timedelta(seconds=2), queue=queue)
    offered_to(one, to, Offer.State.RESERVED if reserved else Offer.State.RINGING, since)
    return one


def wraps_up(of: Agency, first: str, since: datetime, *, queue: str = "book") -> Operator:
    """The talk ended at `since`, as the ledger has it."""
    one = at_work(of, first, Stint.State.WRAPPING, since)
    call = make.offered(of, since - timedelta(minutes=5), queue=queue, drill=True)
    make.event(call, Kind.CONNECTED, after=10, seconds=10)
    CallEvent.objects.create(
        call=call, kind=Kind.ANSWERED, at=since, seconds=290, queue=queue, operator=one.user.get_username()
    )
    return one


def busy(of: Agency, now: datetime) -> None:
    """Something of everything: what the pictures show."""
    names = {"book": ("Book a vaccine", "Reservar una vacuna"), "change": ("Change or cancel", "Cambiar o cancelar")}
    for slug, (name, name_es) in {**names, "ask": ("Questions", "Preguntas")}.items():
        queue = make.queue(of, slug, name)
        queue.name_es = name_es
        queue.save()

    def ago(minutes: float) -> datetime:
        return now - timedelta(minutes=minutes)

    for n in range(9):
        entry(of, ago(6.7 - n * 0.6))
    for n in range(3):
        entry(of, ago(3 - n), queue="change")
    for n in range(5):
        owed(of, ago(70 - n * 8))
    owed(of, ago(95), rests_until=ago(-3), queue="ask")
    at_work(of, "Otis", Stint.State.AWAY, ago(3), reason="no answer")
    rings(of, "Carla", ago(0.1))
    rings(of, "Ulises", ago(0.2), reserved=True)
    for n, first in enumerate(
        ("Adaeze", "Boone", "Delphine", "Fern", "Hattie", "Ignacio", "Kiara", "Lorenzo", "Marisol")
    ):
        talks(of, first, ago(1 + n * 1.3), queue=("book", "change", "ask")[n % 3])
    wraps_up(of, "Emmett", ago(1.2))
    wraps_up(of, "Rosalind", ago(0.4), queue="ask")
    for first in ("Quincy", "Pilar"):
        at_work(of, first, Stint.State.READY, ago(2))
    breaks(of)
    at_work(of, "Gideon", Stint.State.AWAY, ago(12.5), reason="lunch")
    at_work(of, "Nettie", Stint.State.TRAINING, ago(34), reason="training")
    at_work(of, "Verna", Stint.State.OFFLINE, ago(400))
    operator(of, "Yolanda")

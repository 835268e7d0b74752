"""A floor in a few words: who is there, who rings in, and how far a call has come."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.contrib.auth import get_user_model

from core import clock
from core.models import Agency
from crm.ledger import FATES
from crm.models import Call, CallEvent
from floor import dispatch, offers
from floor.models import (
    AwayReason,
    Callback,
    CallbackAttempt,
    Consult,
    Debt,
    DebtAttempt,
    Entry,
    Listening,
    Offer,
    Operator,
    Queue,
    Stint,
    Supervisor,
    WrapExtension,
)
from telephony.carrier import CarrierError

START = datetime(2026, 11, 10, 15, tzinfo=UTC)
_numbers = itertools.count(1)


class HandClock:
    """A clock that stands until somebody moves it."""

    def __init__(self, moment: datetime = START) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, seconds: float) -> datetime:
        """`seconds` pass; returns the new moment."""
        self.moment += timedelta(seconds=seconds)
        return self.moment


class FakeCarrier:
    """Does what it is asked, keeps what that was, and can be told to fail or to let something happen meanwhile."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict]] = []
        self.errors: dict[str, list[CarrierError]] = {}
        self.meanwhile: dict[str, Callable[[], object]] = {}
        self.live: set[str] = set()
        self.live_at: dict[str, list[str]] = {}
        self.rooms: dict[str, list[str]] = {}
        self._legs = itertools.count(1)

    def fails(self, method: str, *, times: int = 1, **flags: bool) -> None:
        """The next `times` requests of this kind raise CarrierError with these flags."""
        self.errors.setdefault(method, []).extend(CarrierError(f"{method} failed", **flags) for _ in range(times))

    def names(self) -> list[str]:
        """What was asked, in order."""
        return [name for name, _ in self.asked]

    def only(self, method: str) -> dict:
        """The one request of this kind."""
        (told,) = [told for name, told in self.asked if name == method]
        return told

    def ring(self, **told) -> str:
        return self._new_leg("ring", told)

    def dial(self, **told) -> str:
        return self._new_leg("dial", told)

    def bring_in(self, **told) -> None:
        self._ask("bring_in", told)

    def invite(self, **told) -> str:
        return self._new_leg("invite", told)

    def set_member(self, **told) -> None:
        self._ask("set_member", {name: value for name, value in told.items() if value is not None})

    def member(self, **told) -> str:
        self._ask("member", told)
        return f"member-of-{told['call_uuid']}"

    def send(self, **told) -> None:
        self._ask("send", told)

    def hang_up(self, call_uuid: str) -> None:
        self._ask("hang_up", {"call_uuid": call_uuid})
        self.live.discard(call_uuid)

    def is_live(self, call_uuid: str) -> bool:
        self._ask("is_live", {"call_uuid": call_uuid})
        return call_uuid in self.live

    def live_to(self, number: str) -> list[str]:
        self._ask("live_to", {"number": number})
        return self.live_at.get(number, [])

    def members(self, room_uuid: str) -> list[str]:
        self._ask("members", {"room_uuid": room_uuid})
        return self.rooms.get(room_uuid, [])

    def recording(self, url: str) -> bytes:
        self._ask("recording", {"url": url})
        return b"ID3 a voice"

    def send_text(self, **told) -> str:
        self._ask("send_text", told)
        return f"text-{next(self._legs)}"

    def _new_leg(self, method: str, told: dict) -> str:
        self._ask(method, told)
        leg = f"{method}-{next(self._legs)}"
        self.live.add(leg)
        return leg

    def _ask(self, method: str, told: dict) -> None:
        self.asked.append((method, told))
        if happens := self.meanwhile.pop(method, None):
            happens()
        if waiting := self.errors.get(method):
            raise waiting.pop(0)


def number_calls_from(first: int) -> None:
    """Calls made by `call` are named from here on."""
    global _numbers
    _numbers = itertools.count(first)


# ---- rows -------------------------------------------------------------------------------------------------------


def agency(slug: str = "vax") -> Agency:
    return Agency.objects.get_or_create(slug=slug, defaults={"name": "Vaccine line"})[0]


def queue(of: Agency, slug: str = "book", *, callback: bool = False) -> Queue:
    mode = Queue.CallbackMode.KEEP_PLACE if callback else Queue.CallbackMode.OFF
    return Queue.objects.create(agency=of, slug=slug, name=slug.title(), callback_mode=mode)


def operator(of: Agency, name: str = "ada", device: str = "", *, by_phone_alone: bool = True) -> Operator:
    """`by_phone_alone`: whether calls come without a desk that shows signs of life."""
    user = get_user_model().objects.create(username=f"{of.slug}-{name}")
    device = device or f"sip:{name}@phone.plivo.com"
    return Operator.objects.create(user=user, agency=of, device=device, by_phone_alone=by_phone_alone)


def breaks(of: Agency) -> None:
    """A short break, lunch, and training."""
    for order, (slug, name, name_es, limit, training) in enumerate(_BREAKS):
        told = {"name": name, "name_es": name_es, "limit_minutes": limit, "training": training, "order": order}
        AwayReason.objects.get_or_create(agency=of, slug=slug, defaults=told)


_BREAKS = (
    ("break", "Short break", "Descanso", 15, False),
    ("lunch", "Lunch", "Almuerzo", 45, False),
    ("training", "Training", "Capacitación", 0, True),
)


def supervisor(of: Agency, name: str = "sup", device: str = "") -> Supervisor:
    user = get_user_model().objects.create(username=f"{of.slug}-{name}")
    return Supervisor.objects.create(user=user, agency=of, device=device or f"sip:{name}@phone.plivo.com")


def call(of: Agency, number: str | None = None) -> Call:
    n = next(_numbers)
    number = f"+1601555{n:04}" if number is None else number
    moment = clock.now()
    return Call.objects.create(
        agency=of, carrier_uuid=f"caller-{n}", from_number=number, to_number="+16015550100", started_at=moment
    )


# ---- how far things have come -----------------------------------------------------------------------------------


def arrives(of: Agency, number: str | None = None, queue: str = "book") -> Entry:
    """A new caller enters the line."""
    return dispatch.arrive(call(of, number), queue=queue)


def offer_of(entry: Entry) -> Offer:
    """The open offer of this entry; fails if there is none."""
    offer = offers.open_for(entry)
    assert offer is not None, "no open offer"
    return offer


def picks_up(entry: Entry) -> Offer:
    """The operator who is rung for this entry answers."""
    offer = offer_of(entry)
    dispatch.answered(offer, leg_uuid=f"leg-{offer.pk}", room_uuid=f"room-{offer.pk}", member_id="1")
    return offer


def talks(entry: Entry) -> Offer:
    """Operator and caller hear each other."""
    offer = picks_up(entry)
    dispatch.connected(offer, key=f"join-{offer.pk}")
    return offer


def promised(of: Agency, number: str | None = None) -> Entry:
    """A caller who waited and asked to be called back."""
    entry = arrives(of, number)
    assert dispatch.call_back(entry)
    return entry


def missed(of: Agency, clock: HandClock, number: str | None = None, *, after: float = 60) -> Entry:
    """A caller who waited and left before anybody came."""
    entry = arrives(of, number)
    clock.forward(after)
    dispatch.hung_up(entry.call)
    return entry


def debt(number: str) -> Debt | None:
    """What is owed to a number now."""
    return Debt.objects.filter(number=number, closed_at=None).first()


def again(row):
    """The row as the database has it now."""
    return type(row).objects.get(pk=row.pk)


def presence(of: Operator) -> str:
    """What an operator is doing."""
    return Stint.objects.get(operator=of, until=None).state


def ledger(entry: Entry) -> list[tuple[str, float | None]]:
    """The lines about this entry's call, oldest first: kind and seconds."""
    return list(CallEvent.objects.filter(call=entry.call_id).order_by("pk").values_list("kind", "seconds"))


def fates(entry: Entry) -> list[str]:
    """How this entry's contact ended: one word, or none yet."""
    lines = CallEvent.objects.filter(call=entry.call_id, kind__in=[str(fate) for fate in FATES])
    return list(lines.values_list("kind", flat=True))


def everything() -> dict[str, list]:
    """All rows of the live rooms: two snapshots are equal if nothing changed."""
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in _LIVE}


_LIVE = (
    Call, CallEvent, Entry, Offer, Stint, Callback, CallbackAttempt, WrapExtension, Consult, Listening, Debt,
    DebtAttempt,
)  # fmt: skip

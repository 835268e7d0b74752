"""The only file of this room that reads other rooms' tables. Ranges are half-open, [start, end), and aware.

A day is read in ONE statement. The database shows one statement one moment, so a report made while the floor is busy
never sees a caller who has left the queue and has not arrived anywhere yet; a transaction would do the same on
PostgreSQL, but on SQLite it would hold up the floor. What the board shows of this moment is one statement a table, too.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, F, FilteredRelation, FloatField, OuterRef, Q, QuerySet, Value

from core.models import Agency
from crm.ledger import FATES, Kind
from crm.missed import Moment, What
from crm.models import Call, CallEvent
from floor.models import AwayReason, Broadcast, Callback, Debt, Entry, Offer, Operator, Queue, Stint, WaitPromise
from ivr.models import Session
from reporting import metrics
from reporting.identity import Counts
from reporting.metrics import Contact
from scheduling.models import Appointment

State = Stint.State  # what an operator may be doing
_IN = Call.Direction.IN  # calls that we make are counted apart: they are neither inbound nor offered
_CALL = "call"  # the kind of a row that is a call itself
_NO_SECONDS = Value(None, output_field=FloatField())
_WITH_SECONDS_OF_FATE_AS_WAIT = frozenset({Kind.ABANDONED, Kind.OVERFLOW, Kind.VOICEMAIL, Kind.TURNED_AWAY})
_FATES = frozenset(str(fate) for fate in FATES) | {"in_menu", "waiting", "talking", "callback_pending"}


@dataclass(frozen=True, slots=True)
class Day:
    """Contacts that arrived in a range, and the rows they were put together from, counted."""

    contacts: list[Contact]
    counts: Counts


def day(agency: Agency, start: datetime, end: datetime, *, drill: bool) -> Day:
    """Contacts that arrived in [start, end), in order of arrival, with everything that became of them since."""
    drafts: dict[int, _Draft] = {}
    counted: Counter[str] = Counter()
    rows = _rows(agency, start, end, drill)
    for call_id, kind, at, seconds, text in rows:
        draft = drafts.get(call_id)
        if draft is None:
            draft = drafts[call_id] = _Draft(call_id)
        if kind != Kind.OFFERED or draft.entered_at is None:  # a contact is offered once
            counted[kind] += 1
        draft.take(kind, at, seconds, text)
    contacts = sorted((draft.contact() for draft in drafts.values()), key=lambda c: (c.arrived_at, c.call_id))
    fates = {fate: counted[fate] for fate in sorted(_FATES)}
    return Day(contacts, Counts(inbound=counted[_CALL], offered=counted[Kind.OFFERED], fates=fates))


def contacts(agency: Agency, start: datetime, end: datetime, drill: bool) -> list[Contact]:
    """Contacts that arrived in [start, end), in order of arrival. One query."""
    return day(agency, start, end, drill=drill).contacts


def moments(agency: Agency, start: datetime, end: datetime, *, drill: bool) -> list[Moment]:
    """Numbers we called or spoke with in [start, end), on whatever contact, theirs or ours. One query."""
    kinds = (Kind.CONNECTED, Kind.CALLBACK_DIALLED, Kind.DECLINED)
    rows = CallEvent.objects.filter(at__gte=start, at__lt=end, kind__in=kinds, call__agency=agency, call__drill=drill)
    rows = rows.exclude(call__from_number="").values_list("call__from_number", "at", "kind", "call__direction")
    return [Moment(number, at, _WHAT.get(kind) or _BY[direction]) for number, at, kind, direction in rows]


_WHAT = {Kind.CALLBACK_DIALLED: What.TRIED, Kind.DECLINED: What.BY_US}
_BY = {Call.Direction.IN: What.BY_CALLER, Call.Direction.OUT: What.BY_US}


def debts(agency: Agency, *, drill: bool) -> list[tuple[str, datetime]]:
    """(Number, missed since) of everybody whom we owe a call, the longest first. One query.

    Who stands in line, or has a call-back promised, is being looked after and left out.
    """
    line = Entry.objects.filter(agency=agency, ended_at=None, call__direction=Call.Direction.IN)
    line = line.filter(call__from_number=OuterRef("number")).exclude(state=Entry.State.TALKING)
    owed = Debt.objects.filter(~Exists(line), agency=agency, closed_at=None, call__drill=drill)
    return list(owed.order_by("opened_at", "pk").values_list("number", "opened_at"))


def operator_seconds(agency: Agency, start: datetime, end: datetime, now: datetime) -> dict[str, float]:
    """Operators' seconds in each `Stint.State` within the range, all operators together; every state is a key.

    A stint is clipped to the range; an open one ends at min(end, now).
    """
    seconds = {str(state): 0.0 for state in Stint.State.values}
    stints = Stint.objects.filter(Q(until=None) | Q(until__gt=start), agency=agency, since__lt=end)
    for state, since, until in stints.values_list("state", "since", "until"):
        last = min(end, now if until is None else until)
        seconds[state] += max(0.0, (last - max(start, since)).total_seconds())
    return seconds


@dataclass(frozen=True, slots=True)
class Promise:
    """A waiting time that was announced, and when the caller was served or left the line; `end` None: still waiting."""

    call_id: int
    made_at: datetime
    low_s: int
    high_s: int
    end: datetime | None
    served: bool


def promises(agency: Agency, start: datetime, end: datetime, *, drill: bool) -> list[Promise]:
    """Waiting times announced in [start, end), in order. One query.

    A caller who asked to be called back left the line with that; the promise was about waiting on the phone.
    """
    rows = WaitPromise.objects.filter(
        entry__agency=agency, made_at__gte=start, made_at__lt=end, entry__call__drill=drill
    ).order_by("made_at", "pk")
    fields = ("entry__call_id", "made_at", "low_s", "high_s", "entry__connected_at", "entry__ended_at")
    found = []
    for call_id, made_at, low_s, high_s, connected_at, ended_at, asked_at in rows.values_list(
        *fields, "entry__callback__asked_at"
    ):
        served = connected_at is not None and asked_at is None
        found.append(Promise(call_id, made_at, low_s, high_s, asked_at or connected_at or ended_at, served))
    return found


def queue_names(agency: Agency, language: str = "en") -> dict[str, str]:
    """Slug to name in `language`, in order of slug. A queue that was deleted since is not in it."""
    rows = Queue.objects.filter(agency=agency).order_by("slug").values_list("slug", "name", "name_es")
    return {slug: (language == "es" and name_es) or name for slug, name, name_es in rows}


def away_reasons(agency: Agency, language: str = "en") -> dict[str, str]:
    """Slug to name in `language` of why operators may be away, those no longer chosen as well."""
    rows = AwayReason.objects.filter(agency=agency).values_list("slug", "name", "name_es")
    return {slug: (language == "es" and name_es) or name for slug, name, name_es in rows}


@dataclass(frozen=True, slots=True)
class Place:
    """A contact in line: on the phone, or with a call-back owed. Not one that is being talked to."""

    queue: str
    entered_at: datetime
    owed: bool
    number: str  # E.164; "" if withheld
    kept: bool  # the place is held and nobody is trying to reach them
    not_before: datetime  # no try before then
    window_from: datetime | None = None  # promised for
    window_until: datetime | None = None
    outbound: bool = False  # a call that we make: arranged by us, and nobody rang for it


def line(agency: Agency, *, drill: bool) -> list[Place]:
    """Everybody in line now, the longest waiting first: who waits or is being connected, and who is owed a call-back.

    The rule is that of `day`: a call-back counts as owed, and not as waiting, until its caller talks to an operator.
    """
    rows = Entry.objects.filter(agency=agency, ended_at=None, call__drill=drill).exclude(state=Entry.State.TALKING)
    fields = ("queue__slug", "entered_at", "callback__state", "call__from_number", "state", "not_before")
    more = ("callback__number", "callback__window_from", "callback__window_until", "call__direction")
    pending = Callback.State.PENDING
    found = []
    for row in rows.order_by("entered_at", "pk").values_list(*fields, *more):
        queue, entered_at, promise, number, state, not_before, called_at, opens, closes, direction = row
        owed, kept = promise == pending, state == Entry.State.CALLBACK
        if owed or not kept:
            number = called_at if owed else number
            found.append(Place(queue, entered_at, owed, number, kept, not_before, opens, closes, direction != _IN))
    return found


def outbound(agency: Agency, start: datetime, end: datetime, *, drill: bool) -> dict[str, int]:
    """Calls that we make and arranged in [start, end), by how far they are: reached, failed, withdrawn, open."""
    promises = Callback.objects.filter(
        agency=agency, asked_at__gte=start, asked_at__lt=end, entry__call__direction=Call.Direction.OUT
    )
    found = Counter(promises.filter(entry__call__drill=drill).values_list("state", flat=True))
    states = Callback.State
    return {
        "arranged": found.total(),
        "reached": found[states.DONE],
        "failed": found[states.FAILED],
        "withdrawn": found[states.CANCELLED],
        "open": found[states.PENDING],
    }


@dataclass(frozen=True, slots=True)
class Presence:
    """What an operator is doing. `state` is one of `State`; `queue` is the one they are busy with, or ""."""

    name: str
    state: str
    since: datetime | None  # None: never signed in
    reason: str
    queue: str
    help_at: datetime | None = None  # since when they wait for a supervisor
    calling_back: bool = False  # a caller is being called back for them before their phone rings
    due_at: datetime | None = None  # until when it was meant to last, if that was said


def presences(agency: Agency) -> list[Presence]:
    """Every operator who may sign in, by name, with their open stint and what it is about."""
    people = Operator.objects.filter(agency=agency, user__is_active=True).select_related("user")
    people = people.alias(
        now=FilteredRelation("stints", condition=Q(stints__until=None)),
        call=FilteredRelation("offers", condition=Q(offers__ended_at=None)),
    )
    rows = list(
        people.annotate(
            in_state=F("now__state"),
            since=F("now__since"),
            why=F("now__reason"),
            due_at=F("now__due_at"),
            about=F("call__entry__queue__slug"),
            offer_state=F("call__state"),
            help_at=F("call__help_at"),
        )
    )
    ended = _talks_ended({row.since for row in rows if row.in_state == Stint.State.WRAPPING}, agency)
    return sorted(
        (
            Presence(
                row.display_name,
                row.in_state or Stint.State.OFFLINE,
                row.since,
                row.why or "",
                row.about or ended.get((row.user.get_username(), row.since), ""),
                row.help_at,
                row.offer_state == Offer.State.RESERVED,
                row.due_at,
            )
            for row in rows
        ),
        key=lambda presence: presence.name,
    )


def _talks_ended(moments: Collection[datetime], agency: Agency) -> dict[tuple[str, datetime], str]:
    """(Log-in name, moment) to queue, of the conversations that ended at one of `moments`: the wrap-up begins there."""
    fates = (Kind.ANSWERED, Kind.CALLBACK_DONE)
    rows = CallEvent.objects.filter(at__in=moments, kind__in=fates, call__agency=agency)
    return {(operator, at): queue for operator, at, queue in rows.values_list("operator", "at", "queue")}


@dataclass(frozen=True, slots=True)
class Told:
    """The one line all desks show: who told it, as colleagues read them, and how many operators say they read it."""

    pk: int
    text: str
    by: str
    until: datetime
    seen: int


def told(agency: Agency, at: datetime) -> Told | None:
    """What all desks are being told at `at`; None: nothing."""
    lines = Broadcast.objects.filter(agency=agency, ended=None, until__gt=at).select_related("by")
    line = lines.annotate(read=Count("seen")).first()
    if line is None:
        return None
    return Told(line.pk, line.text, line.by.get_short_name() or line.by.get_username(), line.until, line.read)


def seats_booked(agency: Agency, start: datetime, end: datetime) -> int:
    """Appointments booked within the range, whatever became of them since. One that another was moved to is not new."""
    booked = Appointment.objects.filter(agency=agency, booked_at__gte=start, booked_at__lt=end)
    return booked.filter(moved_from=None).count()


def latest_day(agency: Agency, *, drill: bool) -> date | None:
    """The agency's own date on which somebody last rang; None if nobody ever did."""
    calls = Call.objects.filter(agency=agency, drill=drill, direction=_IN).order_by("-started_at")
    started_at = calls.values_list("started_at", flat=True).first()
    return started_at.astimezone(agency.zone).date() if started_at else None


def _rows(agency: Agency, start: datetime, end: datetime, drill: bool) -> QuerySet:
    """(call id, kind, at, seconds, queue or number) of everything about these contacts, in no order.

    Events come first in the union: their columns give it its types.
    """

    def about(rows: QuerySet, call: str, kind: object, at: str, text: str, seconds: object = _NO_SECONDS) -> QuerySet:
        prefix = "" if call == "pk" else f"{call.removesuffix('_id')}__"
        scope = {"agency": agency, "started_at__gte": start, "started_at__lt": end, "drill": drill, "direction": _IN}
        mine = rows.filter(**{prefix + name: value for name, value in scope.items()})
        return mine.order_by().values_list(F(call), kind, F(at), seconds, F(text))

    waiting = Entry.objects.filter(state__in=(Entry.State.WAITING, Entry.State.OFFERED))
    pending = Callback.objects.filter(state=Callback.State.PENDING).exclude(entry__state=Entry.State.TALKING)
    return about(CallEvent.objects.all(), "call_id", F("kind"), "at", "queue", F("seconds")).union(
        about(Call.objects.all(), "pk", Value(_CALL), "started_at", "from_number"),
        about(waiting.exclude(callback__state=Callback.State.PENDING), "call_id", Value("waiting"), *_ENTRY),
        about(Entry.objects.filter(state=Entry.State.TALKING), "call_id", Value("talking"), *_ENTRY),
        about(pending, "entry__call_id", Value("callback_pending"), "asked_at", "entry__queue__slug"),
        about(Session.objects.filter(ended_at=None, call__entries=None), "call_id", Value("in_menu"), *_SESSION),
        all=True,
    )


_ENTRY = ("entered_at", "queue__slug")
_SESSION = ("call__started_at", "call__from_number")


class _Draft:
    """A contact while its rows come in, in any order."""

    __slots__ = (
        "arrived_at",
        "asked",
        "call_id",
        "caller",
        "chosen",
        "connected_at",
        "declined_at",
        "dialled",
        "ended_at",
        "entered_at",
        "fates",
        "hold_s",
        "last_connected_at",
        "left_after_s",
        "queue",
        "ring_s",
        "talk_s",
        "told",
        "transfer_missed_at",
        "waited_s",
        "wrap_s",
    )

    def __init__(self, call_id: int) -> None:
        self.call_id = call_id
        self.fates: list[str] = []
        self.queue = self.caller = ""
        self.arrived_at = self.entered_at = self.connected_at = self.left_after_s = self.waited_s = None
        self.last_connected_at = self.ended_at = self.declined_at = self.transfer_missed_at = None
        self.talk_s = self.hold_s = self.wrap_s = self.ring_s = 0.0
        self.dialled = 0
        self.told = self.asked = self.chosen = False

    def take(self, kind: str, at: datetime, seconds: float | None, text: str) -> None:
        """One row. `text` is the caller's number for a call and the queue for everything else."""
        if kind == _CALL:
            self.arrived_at, self.caller = at, text
        elif kind == Kind.OFFERED:
            if self.entered_at is None or at < self.entered_at:
                self.entered_at, self.queue = at, text
        elif kind == Kind.CONNECTED:
            if self.connected_at is None or at < self.connected_at:  # a transfer connects again; the first decides
                self.connected_at, self.waited_s = at, seconds
            self.last_connected_at = max(at, self.last_connected_at or at)
        elif kind in _FATES:
            self.fates.append(kind)
            self.ended_at = at
            if kind in _WITH_SECONDS_OF_FATE_AS_WAIT:
                self.left_after_s = seconds
            else:
                self.talk_s += seconds or 0.0
        else:
            self._take_side_fact(kind, at, seconds or 0.0)

    def _take_side_fact(self, kind: str, at: datetime, seconds: float) -> None:
        if kind == Kind.WRAPPED:
            self.wrap_s += seconds
        elif kind == Kind.HELD:
            self.hold_s += seconds
        elif kind in (Kind.TRANSFERRED, Kind.CONSULTED):  # every operator's part counts
            self.talk_s += seconds
        elif kind == Kind.RING_ENDED:
            self.ring_s += seconds
        elif kind == Kind.CALLBACK_OFFERED:
            self.told = True
        elif kind == Kind.CALLBACK_ASKED:
            self.asked = True
        elif kind == Kind.CALLBACK_DIALLED:
            self.dialled += 1
        elif kind == Kind.HAD_CHOSEN:
            self.chosen = True
        elif kind == Kind.DECLINED:
            self.declined_at = at
        elif kind == Kind.TRANSFER_MISSED:
            self.transfer_missed_at = max(at, self.transfer_missed_at or at)

    def contact(self) -> Contact:
        """The finished contact. None or several fates make "", which no report survives."""
        return Contact(
            arrived_at=self.arrived_at,
            call_id=self.call_id,
            caller=self.caller,
            fate=self.fates[0] if len(self.fates) == 1 else "",
            queue=self.queue,
            entered_at=self.entered_at,
            wait_s=self.waited_s if self.connected_at is not None else self.left_after_s,
            talk_s=self.talk_s,
            hold_s=self.hold_s,
            wrap_s=self.wrap_s,
            ring_s=self.ring_s,
            callback_offered=self.told,
            callback_asked=self.asked,
            callback_dialled=self.dialled,
            connected_at=self.last_connected_at,
            ended_at=self.ended_at if self.fates and self.fates[0] not in metrics.LIVE_FATES else None,
            chosen=self.chosen,
            declined_at=self.declined_at,
            transfer_missed_at=self.transfer_missed_at,
        )

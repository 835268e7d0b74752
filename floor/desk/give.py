"""The right column: what the operator can give. Articles, clinics, and seats for the people this call is about.

Seats are held and booked only for people whose two facts matched in this call, and only while the operator works on it.
Everything a reload needs is in the database (what is held, what is booked) or kept for the call (what was looked for).
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from core import clock, moments
from crm import people
from crm.models import Person
from floor.desk import give_asked, give_seats
from floor.desk import map as maps
from floor.desk.current import Desk
from floor.desk.give_asked import Asked
from scheduling import queries, services
from scheduling.models import Appointment
from scheduling.queries import Seat
from scheduling.services import HOLD_S

State = Appointment.State
RENEW_S = 120  # while they talk, a hold is renewed by itself: it lives as long as the call


@dataclass(frozen=True)
class Notice:
    """What just happened, in a sentence; `good` or a thing to look at.

    `about`: the key of the appointment whose own card shows it, so the sentence is only spoken.
    """

    text: str
    good: bool = False
    about: int | None = None


@dataclass(frozen=True)
class Card:
    """An appointment or a hold as it is shown."""

    appointment: Appointment
    person: Person
    moment: str
    before: str  # of a hold that moves another: when that one is
    seconds: int  # left of a hold
    left: str
    share: int  # of its full time, percent
    service: str
    directions: str
    directions_in: str
    here: bool  # made in this call: its code is to be read out
    asking: bool  # whether to cancel it

    @property
    def spelled(self) -> str:
        """The code letter by letter, for a voice."""
        return " ".join(self.appointment.code)

    @property
    def code(self) -> str:
        """In two halves, as one reads it out."""
        code = self.appointment.code
        return f"{code[: len(code) // 2]} {code[len(code) // 2 :]}"


@dataclass(frozen=True)
class Give:
    """Everything the column's templates print."""

    desk: Desk
    people: list[Person]
    who: Person | None
    search: give_seats.Search
    rows: list[give_seats.Row]
    map: maps.Map | None
    held: list[Card]
    booked: list[Card]
    moving: Card | None
    not_for: str
    notice: Notice | None
    ran_out: bool
    press: str  # names this very picture of the list: pressing a button of it twice is once
    renew_s: int

    @property
    def may_hold(self) -> bool:
        return self.desk.working and self.who is not None

    @property
    def done(self) -> bool:
        """Everybody this call is about has what they want: the list steps back."""
        have = {card.person.pk for card in self.booked if card.appointment.service_id == self._service}
        return bool(self.people) and not self.moving and not self.held and have >= {one.pk for one in self.people}

    @property
    def _service(self) -> int | None:
        return self.search.service.pk if self.search.service else None


def context(desk: Desk, request: HttpRequest | None = None, at: datetime | None = None) -> dict:
    """For the page: `give`, with everything of the column; None of seats where no call is at hand."""
    at = at or clock.now()
    asked = give_asked.recall(request, desk)
    return {"give": column(desk, subjects(desk), asked, at=at) if desk.call else None, "desk": desk}


def column(
    desk: Desk,
    about: list[Person],
    asked: Asked,
    *,
    at: datetime,
    notice: Notice | None = None,
    first: Sequence[Seat] = (),
    asking: str = "",
) -> Give:
    """The column of a call about these people. `first`: seats offered instead of a taken one; `asking`: cancel this?"""
    mine = _appointments(about)
    held = [card(one, desk, at) for one in mine if one.state == State.HELD]
    booked = [card(one, desk, at, asking=asking) for one in mine if _stands(one, desk, at)]
    booked.sort(key=lambda card: not card.here)
    moving = next((card for card in booked if str(card.appointment.token) == asked.moving), None)
    wanted = (moving or next(iter(held), None)) if asked.service is None or moving else None
    search = give_seats.search(
        desk,
        asked,
        default_zip=default_zip(desk, about),
        service_id=wanted.appointment.service_id if wanted else None,
        at=at,
    )
    who = moving.person if moving else _who(about, asked, [*held, *booked], search)
    seats = give_seats.nearest(desk, search, first=first, at=at)
    counties = give_seats.counties(seats, search.home)
    own = {one.appointment.slot_id: one.appointment.state for one in [*booked, *held] if one.person == who}
    return Give(
        desk=desk,
        people=about,
        who=who,
        search=search,
        rows=give_seats.rows(seats, counties, own, several=len(about) > 1),
        map=give_seats.drawn(seats, search.home, counties),
        held=held,
        booked=booked,
        moving=moving,
        not_for=give_seats.not_for(search, who, seats, asked.category) if who else "",
        notice=notice,
        ran_out=bool(about) and _ran_out(desk, about),
        press=uuid.uuid4().hex,
        renew_s=RENEW_S if desk.talking else 0,
    )


def subjects(desk: Desk) -> list[Person]:
    """The people whose records are open at this desk now."""
    return people.subjects(desk.call) if desk.call and desk.working else []


def default_zip(desk: Desk, about: Sequence[Person]) -> str:
    """Where the person lives whose facts matched; else what the caller typed into the menu."""
    own = next((person.zip_code for person in about if person.zip_code), "")
    return own or (str(desk.entry.answers.get("zip", ""))[:5] if desk.entry else "")


def renew(desk: Desk, *, at: datetime) -> bool:
    """Work on this call: what is held for its people has its full time again. False: nothing is held."""
    about = subjects(desk)
    held = Appointment.objects.filter(person__in=about, state=State.HELD) if about else ()
    return sum(services.renew(one, at=at) for one in held) > 0


def _ran_out(desk: Desk, about: Sequence[Person]) -> bool:
    """Whether a hold of this call ran out and nothing was held or booked for that person since."""
    last: dict[tuple[int, int], Appointment] = {}
    for one in Appointment.objects.filter(call=desk.call, person__in=about).order_by("pk"):
        last[one.person_id, one.service_id] = one
    return any(_overdue_at_its_end(one) for one in last.values())


def _overdue_at_its_end(one: Appointment) -> bool:
    """Let go by the clock, not by somebody."""
    ended = one.ended_at if one.state == State.LET_GO else None
    return ended is not None and one.held_until is not None and ended >= one.held_until


def _appointments(about: Sequence[Person]) -> list[Appointment]:
    """Theirs, in the order of the people, the soonest first."""
    found = [one for person in about for one in reversed(queries.appointments_of(person))]
    order = {person.pk: (n, person) for n, person in enumerate(about)}
    for one in found:
        one.person = order[one.person_id][1]
    return sorted(found, key=lambda one: (order[one.person_id][0], one.slot.starts_at))


def _stands(one: Appointment, desk: Desk, at: datetime) -> bool:
    """Booked and still to come; at the end of a call, also what has just come to pass."""
    return one.state == State.BOOKED and (one.slot.starts_at > at or one.call_id == desk.call.pk)


def _who(about: Sequence[Person], asked: Asked, cards: Sequence[Card], search: give_seats.Search) -> Person | None:
    """The one chosen; else the first who has nothing of this service yet."""
    chosen = next((person for person in about if person.pk == asked.who), None)
    service = search.service.pk if search.service else None
    have = {card.person.pk for card in cards if card.appointment.service_id == service}
    return chosen or next((person for person in about if person.pk not in have), None) or next(iter(about), None)


def card(one: Appointment, desk: Desk, at: datetime, *, asking: str = "") -> Card:
    """How it is shown at this desk."""
    site = one.slot.session.site
    old = queries.moving(one) if one.state == State.HELD else None
    seconds = max(0, int((one.held_until - at).total_seconds())) if one.held_until else 0
    spanish = desk.language == "es" and bool(site.directions_es)
    return Card(
        appointment=one,
        person=one.person,
        moment=moments.whole(one.slot.starts_at, site.zone),
        before=moments.short(old.slot.starts_at, old.slot.session.site.zone) if old else "",
        seconds=seconds,
        left=_left(seconds),
        share=min(100, seconds * 100 // HOLD_S),
        service=queries.said(one.service),
        directions=site.directions_es if spanish else site.directions,
        directions_in="es" if spanish else "en",
        here=one.call_id == desk.call.pk,
        asking=str(one.token) == asking,
    )


def _left(seconds: int) -> str:
    """9:41."""
    return f"{seconds // 60}:{seconds % 60:02}"

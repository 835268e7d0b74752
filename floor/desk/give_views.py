"""The buttons of the right column. Each answers with the seats as they stand afterwards, and one sentence.

Whatever changes something is a POST, for the call at hand, for a person whose facts matched in it; anything else is
either too late (409, with the column as it is) or not there (404).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import wraps
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import access, clock
from core.models import AccessLog
from crm.models import Person
from floor.desk import ending, give, give_articles, give_asked, give_seats, give_words
from floor.desk.current import Desk
from floor.desk.door import at_the_desk, same_call
from floor.desk.give import Notice
from floor.desk.give_asked import Asked
from scheduling import queries, services
from scheduling.models import Appointment
from scheduling.queries import Seat
from scheduling.services import Refused

State = Appointment.State
_LONGEST_TEXT = 100


@dataclass(frozen=True)
class Turn:
    """One press: by whom, at which desk, for whom the records are open there, when."""

    request: HttpRequest
    desk: Desk
    about: list[Person]
    at: datetime

    @property
    def form(self) -> dict[str, str]:
        return self.request.POST.dict()

    @property
    def of_this_call(self) -> bool:
        """Whether the form was shown for the call at hand."""
        return same_call(self.request, self.desk)

    def asked(self) -> Asked:
        return give_asked.recall(self.request, self.desk)

    def keep(self, asked: Asked) -> Asked:
        return give_asked.keep(self.request, self.desk, asked)


def _turn(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Whoever sits at a desk. Always a POST: what is typed may be personal and stays out of addresses and logs."""

    @require_POST
    @at_the_desk
    @wraps(view)
    def door(request: HttpRequest, desk: Desk, **where: UUID) -> HttpResponse:
        return view(Turn(request, desk, give.subjects(desk), clock.now()), **where)

    return door


def _step(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Only while the operator works on the call the button was shown for."""

    @_turn
    @wraps(view)
    def door(turn: Turn, **where: UUID) -> HttpResponse:
        if not (turn.desk.working and turn.of_this_call):
            return _show(turn, Notice(_("That call is over. Nothing was changed.")), status=409)
        return view(turn, _appointment(turn, where["token"])) if "token" in where else view(turn)

    return door


def _ends_it(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """What becomes of a seat here says how the call ended."""

    @wraps(view)
    def door(turn: Turn, appointment: Appointment) -> HttpResponse:
        answer = view(turn, appointment)
        ending.follow(turn.request, turn.desk, turn.about, answer, at=turn.at)
        return answer

    return door


# ---- looking ----------------------------------------------------------------------------------------------------


@_turn
def articles(turn: Turn) -> HttpResponse:
    """What the search box finds."""
    text = turn.form.get("text", "").strip()[:_LONGEST_TEXT]
    code = turn.asked().zip_code or give.default_zip(turn.desk, turn.about)
    found = give_articles.find(turn.desk.agency, text, turn.desk.language, give_seats.home(code))
    return render(turn.request, "floor/desk/give_found.html", {"found": found, "desk": turn.desk})


@_turn
def seats(turn: Turn) -> HttpResponse:
    """The list for another ZIP, service, day or person. Without a form, or with another call's: as it stands."""
    if not turn.of_this_call or "zip" not in turn.form:
        return _show(turn)
    default = give.default_zip(turn.desk, turn.about)
    return _show(turn, asked=turn.keep(give_asked.choose(turn.asked(), turn.form, default_zip=default)))


# ---- doing ------------------------------------------------------------------------------------------------------


@_step
def hold(turn: Turn) -> HttpResponse:
    """Takes the seat that was pressed for the person chosen."""
    slot = turn.form.get("slot", "")
    person = next((person for person in turn.about if str(person.pk) == turn.form.get("who")), None)
    if person is None or not slot.isascii() or not slot.isdigit() or len(slot) > 18:
        raise Http404
    key = f"{turn.form.get('press', '')[:32]}:{slot}"
    again = Appointment.objects.filter(key=key).exists()  # the same press, told twice
    asked = turn.asked()
    try:
        held = services.hold(
            slot_id=int(slot),
            person=person,
            user=turn.request.user,
            at=turn.at,
            call=turn.desk.call,
            category=asked.category,
            key=key,
            moving=_moved(turn, asked.moving, person),
        )
    except Refused as refused:
        return _refused(turn, refused)
    asked = turn.keep(replace(asked, who=person.pk))
    if again:
        return _show(turn, asked=asked)
    _changed(turn, held)
    return _show(turn, Notice(_("Held. Read the time back, then book it."), good=True, about=held.pk), asked=asked)


@_step
@_ends_it
def book(turn: Turn, appointment: Appointment) -> HttpResponse:
    """The held seat becomes an appointment."""
    moved = queries.moving(appointment)
    try:
        booked = services.book(appointment, user=turn.request.user, at=turn.at)
    except Refused as refused:
        return _refused(turn, refused)
    if appointment.state == State.HELD:
        _changed(turn, booked)
    asked = turn.keep(replace(turn.asked(), moving="", who=None, category=""))  # the next seat is for the next person
    text = _("Moved. The earlier time is free again.") if moved else _("Booked. Please read out the code.")
    return _show(turn, Notice(text, good=True, about=booked.pk), asked=asked)


@_step
def let_go(turn: Turn, appointment: Appointment) -> HttpResponse:
    """The held seat is anybody's again."""
    if not services.let_go(appointment, at=turn.at):
        return _show(turn)
    _changed(turn, appointment)
    return _show(turn, Notice(_("Let go. Nobody holds that seat now."), good=True))


@_step
def move(turn: Turn, appointment: Appointment) -> HttpResponse:
    """Begins the search for another time, or with `stay` gives it up. The appointment stands until then."""
    asked = turn.asked()
    if "stay" in turn.form:
        return _show(turn, asked=turn.keep(replace(asked, moving="")))
    return _show(turn, asked=turn.keep(replace(asked, moving=str(appointment.token), service=appointment.service_id)))


@_step
@_ends_it
def cancel(turn: Turn, appointment: Appointment) -> HttpResponse:
    """Asks once, in place; with `sure` the appointment is cancelled, with `stay` nothing is."""
    if "stay" in turn.form:
        return _show(turn)
    if "sure" not in turn.form:
        return _show(turn, asking=str(appointment.token))
    if not services.cancel(appointment, user=turn.request.user, at=turn.at):
        return _show(turn, Notice(_("That appointment has changed meanwhile. This is how it stands now.")))
    _changed(turn, appointment)
    asked = turn.keep(replace(turn.asked(), moving=""))
    return _show(turn, Notice(_("Cancelled. The seat is free for somebody else."), good=True), asked=asked)


@_step
def renew(turn: Turn, appointment: Appointment) -> HttpResponse:
    """The conversation goes on, so the hold does: the door has renewed it. Only the timer is drawn anew."""
    if appointment.state == State.HELD:
        card = give.card(appointment, turn.desk, turn.at)
        timer = {"card": card, "desk": turn.desk, "renew_s": give.RENEW_S if turn.desk.talking else 0}
        return render(turn.request, "floor/desk/give_timer.html", timer)
    answer = _show(turn)
    answer["HX-Retarget"], answer["HX-Reswap"] = "#give-seats", "outerHTML"
    return answer


# ---- inside -----------------------------------------------------------------------------------------------------


def _appointment(turn: Turn, token: UUID) -> Appointment:
    """One of a person whose record is open; of anybody else there is none."""
    whole = queries.whole().select_related("person")
    found = whole.filter(token=token, agency=turn.desk.agency, person__in=turn.about).first() if turn.about else None
    if found is None:
        raise Http404
    return found


def _moved(turn: Turn, token: str, person: Person) -> Appointment | None:
    """This person's appointment that gets another time, if one was named and still stands."""
    if not token:
        return None
    one = _appointment(turn, UUID(token))
    return one if one.state == State.BOOKED and one.person_id == person.pk else None


def _changed(turn: Turn, appointment: Appointment) -> None:
    access.looked(
        turn.request.user,
        turn.desk.agency.pk,
        AccessLog.Action.CHANGED,
        "scheduling.appointment",
        appointment.pk,
        where="desk",
        call_id=turn.desk.call.pk,
        at=turn.at,
    )


def _refused(turn: Turn, refused: Refused) -> HttpResponse:
    return _show(turn, Notice(give_words.sentence(refused)), first=refused.seats)


def _show(
    turn: Turn,
    notice: Notice | None = None,
    *,
    asked: Asked | None = None,
    first: Sequence[Seat] = (),
    asking: str = "",
    status: int = 200,
) -> HttpResponse:
    """The seats as they stand. Whoever has no script gets the page anew, with everything but the sentence."""
    if turn.request.headers.get("HX-Request") != "true":
        return redirect("desk")
    asked = asked or turn.asked()
    column = None
    if turn.desk.call is not None:
        column = give.column(turn.desk, turn.about, asked, at=turn.at, notice=notice, first=first, asking=asking)
    context = {"give": column, "desk": turn.desk, "notice": notice, "part": True}
    return render(turn.request, "floor/desk/give_seats.html", context, status=status)

"""The supervisor's hand as a page: live calls to listen to, callers to move, operators to set. For `floor.supervise`.

Every button names what it was shown for. The page reads the floor once; whoever wants it to follow the floor looks at
the board, from which it is a key away.
"""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core import clock
from core.access import agency_of, looked
from core.models import AccessLog, Agency
from floor import dispatch, listenings, offers
from floor.desk import words
from floor.models import Entry, Listening, Offer, Operator, Queue, Stint, Supervisor

_WAITING = 50  # callers shown


def _for_supervisors(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Hands `view(request, agency, supervisor)`: `supervisor` is None for whoever has no telephone to listen with."""

    @never_cache
    @wraps(view)
    def door(request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.path)
        agency = agency_of(request.user) if request.user.has_perm("floor.supervise") else None
        if agency is None:
            return render(request, "floor/desk/not_yours.html", status=403)
        phone = Supervisor.objects.select_related("user").filter(user=request.user, agency=agency).first()
        return view(request, agency, phone)

    return door


@require_safe
@_for_supervisors
def hand(request: HttpRequest, agency: Agency, supervisor: Supervisor | None) -> HttpResponse:
    """The page."""
    at = clock.now()
    mine = listenings.open_of(supervisor) if supervisor else None
    line = Entry.objects.filter(agency=agency, ended_at=None, state__in=(Entry.State.WAITING, Entry.State.CALLBACK))
    context = {
        "supervisor": supervisor,
        "mine": mine,
        "modes": _modes(mine) if mine and mine.joined_at and not mine.taken_at else [],
        "talks": [_talk(offer, at) for offer in _talks(agency)],
        "line": [_waiting(entry, at) for entry in line.select_related("queue").order_by("rank_at", "pk")[:_WAITING]],
        "queues": [
            (queue.pk, words.either(queue.name, queue.name_es)) for queue in Queue.objects.filter(agency=agency)
        ],
        "operators": [_operator(stint) for stint in _settable(agency)],
    }
    return render(request, "floor/hand.html", context)


@require_POST
@_for_supervisors
def listen(request: HttpRequest, agency: Agency, supervisor: Supervisor | None) -> HttpResponse:
    """Rings the supervisor's phone into a live call."""
    offer = _mine(offers.whole().filter(entry__agency=agency), request, "offer")
    if supervisor is not None and offer is not None and dispatch.listen(supervisor, offer):
        _log(request, listenings.open_of(supervisor), "listen")
    return redirect("hand")


@require_POST
@_for_supervisors
def turn(request: HttpRequest, agency: Agency, supervisor: Supervisor | None) -> HttpResponse:
    """On the call they are on: listen, whisper, barge in, take it over, leave."""
    mine = _mine(listenings.whole().filter(supervisor=supervisor, ended_at=None), request, "listening")
    what = request.POST.get("what", "")
    if mine is None:
        return redirect("hand")
    if what == "leave":
        dispatch.listening_over(mine)
    elif dispatch.take_over(mine) if what == "take" else dispatch.turn(mine, what):
        _log(request, mine, what)
    return redirect("hand")


@require_POST
@_for_supervisors
def move(request: HttpRequest, agency: Agency, supervisor: Supervisor | None) -> HttpResponse:
    """A caller goes to another queue, or to the head of the line."""
    entry = _mine(Entry.objects.filter(agency=agency), request, "entry")
    to, why = request.POST.get("to", ""), request.POST.get("why", "").strip()
    queue = Queue.objects.filter(agency=agency, pk=int(to)).first() if to.isdigit() else None
    if entry is not None and (queue is not None or to == "head"):
        dispatch.move_caller(entry, queue=queue, by=request.user.get_username(), why=why)
    return redirect("hand")


@require_POST
@_for_supervisors
def state(request: HttpRequest, agency: Agency, supervisor: Supervisor | None) -> HttpResponse:
    """An operator is ready, away or offline."""
    operator = _mine(Operator.objects.filter(agency=agency), request, "operator")
    if operator is not None:
        dispatch.set_state(operator, request.POST.get("to", ""), why=request.POST.get("why", "").strip())
    return redirect("hand")


def _mine(rows, request: HttpRequest, name: str):
    """The row of this agency that a button was shown for."""
    key = request.POST.get(name, "")
    return rows.filter(pk=int(key)).first() if key.isdigit() else None


def _log(request: HttpRequest, listening: Listening, what: str) -> None:
    entry, at = listening.entry, clock.now()
    seen = {"where": f"board: {what}", "call_id": entry.call_id, "at": at}
    looked(request.user, entry.agency_id, AccessLog.Action.SAW, "floor.listening", listening.pk, **seen)


def _talks(agency: Agency) -> list[Offer]:
    talks = Offer.objects.filter(entry__agency=agency, state=Offer.State.CONNECTED)
    return list(talks.select_related("entry__queue", "operator__user").order_by("-help_at", "connected_at"))


def _talk(offer: Offer, at) -> dict:
    queue, listening = offer.entry.queue, listenings.open_on(offer.entry)
    return {
        "pk": offer.pk,
        "operator": offer.operator.display_name,
        "queue": words.either(queue.name, queue.name_es),
        "minutes": words.minutes((at - offer.connected_at).total_seconds()),
        "held": offer.held_at is not None,
        "help": offer.help_at is not None,
        "listener": listening.supervisor.display_name if listening else "",
    }


def _waiting(entry: Entry, at) -> dict:
    queue = entry.queue
    return {
        "pk": entry.pk,
        "queue": words.either(queue.name, queue.name_es),
        "queue_pk": queue.pk,
        "minutes": words.minutes((at - entry.entered_at).total_seconds()),
        "kept": entry.state == Entry.State.CALLBACK,
    }


def _settable(agency: Agency) -> list[Stint]:
    states = (Stint.State.READY, Stint.State.AWAY, Stint.State.OFFLINE)
    open_ones = Stint.objects.filter(agency=agency, until=None, state__in=states, operator__user__is_active=True)
    return list(open_ones.select_related("operator__user").order_by("operator__user__first_name", "pk"))


def _operator(stint: Stint) -> dict:
    names = {"ready": _("Ready"), "away": _("Away"), "offline": _("Not signed on")}
    return {
        "pk": stint.operator_id,
        "name": stint.operator.display_name,
        "state": stint.state,
        "word": names[stint.state],
        "why": words.reason(stint.reason),
    }


def _modes(mine: Listening) -> list[tuple[str, str, str, bool]]:
    """(what, words, key, whether it is so)."""
    modes = (
        ("listen", _("Only listen"), "l"),
        ("whisper", _("Whisper to the operator"), "w"),
        ("barge", _("Speak with both"), "b"),
    )
    return [(what, said, key, what == mine.mode) for what, said, key in modes]

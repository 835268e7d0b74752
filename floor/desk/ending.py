"""What is known of how a call ended: what happened to a seat in it, so that nobody has to say it a second time.

It is only chosen beforehand: the operator may choose something else, and that stays. The dispositions are those of the
sample program, by slug; where a program has none of that name, nothing is chosen.
"""

from collections.abc import Sequence
from datetime import datetime

from django.http import HttpRequest, HttpResponse

from crm import handling
from crm.models import Person
from floor.desk.current import Desk
from scheduling.models import Appointment

State = Appointment.State
BOOKED, MOVED, CANCELLED = "booked", "moved", "cancelled"
HEADER = "Kindline-Ending"  # tells the page that shows the wrap-up what to choose now


def happened(desk: Desk, about: Sequence[Person]) -> str:
    """The last thing that happened in this call to a seat of the people it is about; "" if nothing did."""
    if desk.call is None or desk.offer is None or desk.offer.connected_at is None or not about:
        return ""
    rows = Appointment.objects.filter(agency=desk.agency, person__in=about)
    made = rows.filter(call=desk.call, state__in=(State.BOOKED, State.KEPT), booked_at__isnull=False)
    found = [
        (booked_at, BOOKED if before is None else MOVED)
        for booked_at, before in made.values_list("booked_at", "moved_from")
    ]
    gone = rows.filter(state=State.CANCELLED, ended_at__gte=desk.offer.connected_at, ended_by=desk.operator.user)
    found += [(ended_at, CANCELLED) for ended_at in gone.values_list("ended_at", flat=True)]
    return max(found)[1] if found else ""


def follow(request: HttpRequest, desk: Desk, about: Sequence[Person], answer: HttpResponse, *, at: datetime) -> None:
    """A seat was booked or cancelled while the wrap-up is open: what it chose beforehand follows.

    What the operator chose themselves stays, unless it was about the seat, too.
    """
    slug = happened(desk, about) if desk.wrapping else ""
    row = handling.of(desk.call, request.user) if slug else None
    if row is None or (row.disposition and row.disposition.slug not in (BOOKED, MOVED, CANCELLED)):
        return
    if row.disposition:
        handling.save(desk.call, request.user, at, disposition=slug)
    answer[HEADER] = slug

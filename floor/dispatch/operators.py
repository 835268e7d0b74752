"""What operators do at their desks."""

from datetime import datetime

from core import clock, live
from crm.ledger import Kind
from floor import offers, presence
from floor.dispatch.lock import the_floor
from floor.dispatch.match import match, record, seconds
from floor.models import Command, Offer, Operator, Stint


def ready(operator: Operator, *, at: datetime | None = None) -> bool:
    """An operator takes calls from now on. False if they are in the middle of one."""
    at = at or clock.now()
    with the_floor(operator.agency_id):
        if not presence.appear(operator, to=Stint.State.READY, at=at):
            return False
        presence.took(operator)
        match(operator.agency_id, at)
    return True


def away(operator: Operator, *, reason: str = "", offline: bool = False, at: datetime | None = None) -> bool:
    """An operator takes no calls from now on. False while one is being offered, or is not wrapped up."""
    at = at or clock.now()
    to = Stint.State.OFFLINE if offline else Stint.State.AWAY
    came_from = (Stint.State.READY, Stint.State.AWAY, Stint.State.OFFLINE)
    with the_floor(operator.agency_id):
        return presence.move(operator, to=to, at=at, came_from=came_from, reason=reason)


def wrapped_up(operator: Operator, *, then_away: bool = False, reason: str = "", at: datetime | None = None) -> bool:
    """The operator has finished with the last call: ready again, or away as they wished. False: nothing to finish."""
    at = at or clock.now()
    to = Stint.State.AWAY if then_away else Stint.State.READY
    with the_floor(operator.agency_id):
        if not presence.move(operator, to=to, at=at, came_from=(Stint.State.WRAPPING,), reason=reason):
            return False
        last = Offer.objects.filter(operator=operator, state=offers.State.ENDED).order_by("-ended_at", "-pk")
        offer = last.select_related("entry__queue", "operator__user").first()
        if offer is not None and offer.wrapped_at is None:
            Offer.objects.filter(pk=offer.pk).update(wrapped_at=at)
            record(offer, Kind.WRAPPED, at=at, seconds=seconds(offer.ended_at, at))
        match(operator.agency_id, at)
    return True


def hang_up(operator: Operator, *, at: datetime | None = None) -> bool:
    """The operator ends the conversation at the desk. It is over when the carrier says so. False if there is none."""
    at = at or clock.now()
    with the_floor(operator.agency_id):
        talk = Offer.objects.filter(operator=operator, state=offers.State.CONNECTED).first()
        if talk is None:
            return False
        offers.order(talk, Command.DROP, at=at)
        live.publish(live.desk(operator.pk))
    return True

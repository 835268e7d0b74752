"""What an operator has before them right now: their presence, and the call it is about, in three statements."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser

from core import clock
from core.models import Agency
from crm.models import Call
from floor import consults
from floor.models import Consult, Entry, Offer, Operator, Queue, Stint
from knowledgebase.models import Script

_STAGES = {
    Offer.State.RESERVED: "calling",  # a call-back: the caller is dialled first
    Offer.State.RINGING: "ringing",
    Offer.State.ANSWERED: "joining",  # the operator picked up, the caller is being brought in
    Offer.State.CONNECTED: "talking",
    Offer.State.ENDED: "wrapup",
}
_WITHOUT_CALL = {
    Stint.State.WRAPPING: "wrapup",
    Stint.State.READY: "ready",
    Stint.State.AWAY: "away",
    Stint.State.TRAINING: "training",
}


_IN_A_CALL = (Stint.State.OFFERED, Stint.State.TALKING, Stint.State.HOLD)


@dataclass(frozen=True)
class Desk:
    """One operator's moment. `stage` is a word, with the number of the offer where a call is at hand: "talking:12".

    Whoever is "asked" to take a colleague's call, or "helping" with it, has no call at hand yet.
    """

    operator: Operator
    agency: Agency
    stint: Stint | None
    offer: Offer | None
    entry: Entry | None
    call: Call | None
    language: str
    queue: Queue | None
    script: Script | None
    stage: str
    read_at: datetime  # just before the rows were
    asked: Consult | None = None  # a colleague asks them to take a call

    @property
    def version(self) -> int:
        """Microseconds. Stamped before the read: a card of older rows never wins over one of newer rows."""
        return int(self.read_at.timestamp() * 1_000_000)

    @property
    def word(self) -> str:
        """The stage without the number: ready, away, training, offline, calling, ringing, joining, talking, wrapup."""
        return self.stage.partition(":")[0]

    @property
    def talking(self) -> bool:
        return self.word == "talking"

    @property
    def wrapping(self) -> bool:
        return self.word == "wrapup"

    @property
    def on_hold(self) -> bool:
        """Whether the caller is on hold: a way of talking."""
        return self.talking and self.stint is not None and self.stint.state == Stint.State.HOLD

    @property
    def working(self) -> bool:
        """Whether the operator may open records and write: from the first word to the end of the wrap-up."""
        return self.talking or self.wrapping


def operator_of(user: AbstractBaseUser) -> Operator | None:
    """The operator this user is, if they are one."""
    return Operator.objects.select_related("agency", "user").filter(user_id=user.pk).first()


def current(user: AbstractBaseUser) -> Desk:
    """The desk of a user; raises Operator.DoesNotExist for whoever is no operator."""
    operator = operator_of(user)
    if operator is None:
        raise Operator.DoesNotExist
    return of(operator)


def of(operator: Operator) -> Desk:
    """The desk of an operator."""
    read_at = clock.now()
    stint = Stint.objects.filter(operator_id=operator.pk, until=None).first()
    offer = _offer(operator, stint)
    entry = offer.entry if offer else None
    asked = consults.asked(operator) if offer is None and stint and stint.state in _IN_A_CALL else None
    return Desk(
        operator=operator,
        agency=operator.agency,
        stint=stint,
        offer=offer,
        entry=entry,
        call=entry.call if entry else None,
        language=entry.language if entry else "en",
        queue=entry.queue if entry else None,
        script=entry.queue.script if entry else None,
        stage=_stage(stint, offer, asked),
        read_at=read_at,
        asked=asked,
    )


def _offer(operator: Operator, stint: Stint | None) -> Offer | None:
    """The call at hand: the open offer, or in wrap-up the last one that ended."""
    offers = Offer.objects.filter(operator_id=operator.pk).select_related(
        "entry__call", "entry__callback", "entry__queue__script"
    )
    state = stint.state if stint else Stint.State.OFFLINE
    if state in _IN_A_CALL:
        return offers.filter(ended_at=None).first()
    if state == Stint.State.WRAPPING:
        return offers.filter(state=Offer.State.ENDED).order_by("-ended_at", "-pk").first()
    return None


def _stage(stint: Stint | None, offer: Offer | None, asked: Consult | None) -> str:
    if offer is not None:
        return f"{_STAGES[Offer.State(offer.state)]}:{offer.pk}"
    if asked is not None:
        return "helping" if asked.joined_at else "asked"
    if stint is None:
        return "offline"
    # Between two statements the offer may just have ended: the next look says what came of it.
    return _WITHOUT_CALL.get(Stint.State(stint.state), "offline")

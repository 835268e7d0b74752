"""The one writer of `Session`: a caller's way through a menu."""

from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial

from django.db import IntegrityError, transaction

from core import clock
from core.rows import each
from crm import services as facts
from crm.ledger import Kind
from crm.missed import kind_of
from crm.models import Call
from floor import dispatch, documents, outbox
from floor.models import Entry
from ivr import engine
from ivr.models import Flow, FlowVersion, Line, Session
from ivr.rules import problems
from knowledgebase.queries import is_open
from telephony.addresses import address
from telephony.events import CarrierEvent
from telephony.verbs import Gather, HangUp, Redirect, Say

LONG_S = 900  # in a menu; nobody with a question left to answer takes that long
ANSWER_S = 8  # to start answering, after the question; people over 75 look for the key


class NotPublishable(Exception):
    """The document has problems; `args[0]` is the list of them."""


def publish(flow: Flow, document: dict, *, at: datetime | None = None) -> FlowVersion:
    """Makes `document` what callers of this flow hear from now on; who is in the menu finishes on the old one.

    Raises NotPublishable with everything that is wrong.
    """
    wrong = problems(document)
    if wrong:
        raise NotPublishable(wrong)
    at = at or clock.now()
    with transaction.atomic():
        latest = FlowVersion.objects.filter(flow=flow).order_by("-number").first()
        FlowVersion.objects.filter(flow=flow, published_at__isnull=False, retired_at=None).update(retired_at=at)
        number = latest.number + 1 if latest else 1
        return FlowVersion.objects.create(flow=flow, number=number, document=document, published_at=at)


def published_for(number: str) -> tuple[Line, FlowVersion] | None:
    """The line a number belongs to and the version callers hear; None if it is no line of ours."""
    line = Line.objects.select_related("agency").filter(number=number).first()
    if line is None:
        return None
    version = FlowVersion.objects.filter(flow_id=line.flow_id, published_at__isnull=False, retired_at=None).first()
    return (line, version) if version else None


def rang(line: Line, version: FlowVersion, event: CarrierEvent, *, at: datetime | None = None) -> list:
    """A caller reached one of our lines: the contact begins. A repeat changes nothing and hears the same."""
    at = at or clock.now()
    turn = engine.begin(version.document, is_open=partial(is_open, line.agency, at=at))
    try:
        with transaction.atomic():
            call = facts.open_call(
                agency_id=line.agency_id,
                carrier_uuid=event.call_uuid,
                from_number=event.from_number,
                to_number=event.to_number,
                at=at,
            )
            session = Session.objects.create(
                call=call, version=version, ended_at=at if turn.exit else None, **asdict(turn.place)
            )
            return _act(session, turn, at)
    except IntegrityError:
        return once_more(Session.objects.select_related("call", "version").get(call__carrier_uuid=event.call_uuid))


def pressed(session: Session, step: int, digits: str, *, at: datetime | None = None) -> list:
    """The caller answered question `step`, or said nothing (""). A repeat changes nothing and hears the same."""
    at = at or clock.now()
    if session.ended_at is not None or session.step != step:
        return once_more(session)
    hours = partial(is_open, session.call.agency, at=at)
    turn = engine.step(session.version.document, _place(session), digits, is_open=hours)
    with transaction.atomic():
        mine = Session.objects.filter(pk=session.pk, step=step, ended_at=None)
        if mine.update(**asdict(turn.place), ended_at=at if turn.exit else None) == 1:
            return _act(session, turn, at)
    session.refresh_from_db()
    return once_more(session)


def left(call: Call, *, at: datetime | None = None) -> bool:
    """The caller hung up in the menu. False if they were not in it any more."""
    at = at or clock.now()
    with transaction.atomic():
        if Session.objects.filter(call=call, ended_at=None).update(ended_at=at) != 1:
            return False
        facts.record(call.pk, Kind.IVR_ABANDONED, at=at)
        session = Session.objects.select_related("call").get(call=call)
        chosen = session.step > session.tries  # past the first question; at it, each answer so far was a try in vain
        if chosen:
            facts.record(call.pk, Kind.HAD_CHOSEN, at=at)
        _missed(session, Kind.IVR_ABANDONED, chosen=chosen, at=at)
    return True


def reconcile(*, at: datetime | None = None) -> None:
    """Asks the carrier about callers who have been in a menu for long: a hang-up nobody told us of ends here."""
    at = at or clock.now()
    long_ago = at - timedelta(seconds=LONG_S)
    lingering = Session.objects.filter(ended_at=None, call__started_at__lt=long_ago).select_related("call")[:100]
    each(lingering, lambda session: _ask_after(session, at))


def _ask_after(session: Session, at: datetime) -> None:
    if not outbox.is_live(session.call.carrier_uuid):
        facts.end_call(session.call, hangup_code="", at=at)
        left(session.call, at=at)


def once_more(session: Session) -> list:
    """What this caller is to hear now, for a carrier that asks twice."""
    if session.ended_at is None:
        return _question(session, engine.again(session.version.document, _place(session)))
    entry = Entry.objects.filter(call=session.call).order_by("-pk").first()
    if entry:
        return [Redirect(address("wait", entry.pk))]
    return [Say(engine.last_words(session.version.document, _place(session)), session.language), HangUp()]


def _act(session: Session, turn: engine.Turn, at: datetime) -> list:
    """Carries out a turn inside the transaction of the change, and words it for the carrier."""
    if turn.exit is None:
        session.step = turn.place.step
        return _question(session, turn)
    spoken = [Say(text, turn.place.language) for text in turn.says]
    if turn.exit.queue or not turn.exit.fate:
        entry = dispatch.arrive(
            session.call,
            queue=turn.exit.queue,
            language=turn.place.language,
            answers=turn.place.answers,
            priority=turn.exit.priority,
            at=at,
        )
        return spoken + documents.arrived(entry)
    facts.record(session.call_id, Kind(turn.exit.fate), at=at)
    _missed(session, Kind(turn.exit.fate), language=turn.place.language, at=at)
    return [*spoken, HangUp()]


def _missed(session: Session, fate: Kind, *, chosen: bool = False, language: str = "", at: datetime) -> None:
    """Whoever rang outside hours, or gave up after a choice, is owed a call."""
    if kind := kind_of(fate, chosen=chosen):
        dispatch.missed(session.call, kind, language=language or session.language, at=at)


def _question(session: Session, turn: engine.Turn) -> list:
    """Prompts inside the question, so that whoever knows the menu need not listen to the end."""
    action = address("menu", session.pk, turn.place.step)
    prompts = tuple(Say(text, turn.place.language) for text in turn.says)
    return [Gather(prompts, action=action, max_digits=turn.digits, timeout_s=ANSWER_S), Redirect(action)]


def _place(session: Session) -> engine.Place:
    return engine.Place(session.node, session.step, session.tries, session.language, session.answers)

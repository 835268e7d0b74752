"""What the desk shows of the floor at every moment: the state, and the call bar below it. Sent whenever it changes.

The same picture of the same moment is the same text: seconds are counted in the browser, from `since`.
"""

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core import moments
from core.phone import e164
from floor import broadcasts
from floor.desk import breaks, current, words
from floor.desk.current import Desk
from floor.models import AwayReason, Command, Entry, WrapExtension

# By stage: class of the body, mark, the word at 20 px.
_LOOKS = {
    "ready": ("is-ready", "ready", gettext_lazy("Ready")),
    "calling": ("is-ringing", "ringing", gettext_lazy("Calling back")),
    "ringing": ("is-ringing", "ringing", gettext_lazy("Ringing")),
    "joining": ("is-ringing", "ringing", gettext_lazy("Connecting")),
    "talking": ("is-talking", "talking", gettext_lazy("Talking")),
    "wrapup": ("is-wrap", "wrap", gettext_lazy("Wrap-up")),
    "away": ("is-away", "away", gettext_lazy("Away")),
    "training": ("is-training", "training", gettext_lazy("Training")),
    "offline": ("is-offline", "away", gettext_lazy("Not signed on")),
}

_ON_HOLD = ("is-hold", "hold", gettext_lazy("On hold"))


def desk(user: AbstractBaseUser) -> dict | None:
    """The card of this user's desk: `html` and `stage`; None for whoever has no desk."""
    if not user.has_perm("floor.use_desk"):
        return None
    operator = current.operator_of(user)
    return card(current.of(operator)) if operator else None


def card(of: Desk, request: HttpRequest | None = None) -> dict:
    """The card of a desk. With `request` its forms work without the page's script, too."""
    return {"html": render_to_string("floor/desk/card.html", context(of), request), "stage": of.stage}


def line(user: AbstractBaseUser) -> dict | None:
    """The card that says how many are in line: the same for every operator of an agency, so it is read once for all."""
    operator = current.operator_of(user)
    return {"html": in_line(operator.agency_id), "stage": ""} if operator else None


def in_line(agency_id: int) -> str:
    """How many wait on the phone now, in words."""
    n = Entry.objects.filter(agency_id=agency_id, state=Entry.State.WAITING, ended_at=None).count()
    return ngettext("%(n)s caller", "%(n)s callers", n) % {"n": n} if n else _("nobody")


def context(of: Desk) -> dict:
    """What the state block and the call bar say."""
    look, mark, word = _ON_HOLD if of.on_hold else _LOOKS[of.word]
    reasons = [] if of.call and not of.wrapping else breaks.reasons(of)
    return {
        "desk": of,
        "look": look,
        "mark": mark,
        "word": word,
        "since": of.stint.since.isoformat() if of.stint else "",
        "small": breaks.why(of, reasons),
        "number": words.caller(of.call.from_number) if of.call else "",
        "facts": _facts(of),
        "spoken": _spoken(of, str(word)),
        "hanging_up": of.talking and of.offer.todo == Command.DROP,
        "ended": _ended(of),
        "told": broadcasts.shown_to(of.operator, at=of.read_at),
        "deadline": _deadline(of, reasons),
        "more_time": _more_time(of),
        "breaks": breaks.buttons(reasons),
    }


def ring_text(of: Desk) -> str:
    """What to do so that the call comes to the operator."""
    device = e164(of.operator.device)
    if of.word == "calling":
        return _("We are ringing the caller back first. Your phone rings as soon as they are there.")
    if of.word == "joining":
        return _("You picked up. The caller is coming on the line.")
    if device:  # a mailbox may answer a number, so only a key counts
        return _("Your phone %(number)s is ringing. Pick it up and press 1.") % {"number": words.phone(device)}
    return _("Your phone is ringing. Pick it up.")


def _facts(of: Desk) -> list[str]:
    """Line, language and place of the call at hand, for the line below its number."""
    if of.queue is None or of.entry is None:
        return []
    language = _("Spanish") if of.language == "es" else _("English")
    kept = [_("kept place")] if of.entry.promise is not None else []
    return [words.either(of.queue.name, of.queue.name_es), language, *kept]


def _ended(of: Desk) -> str:
    """When they said goodbye, on the agency's clock."""
    if not (of.wrapping and of.stint):
        return ""
    return _("Said goodbye at %(time)s") % {"time": moments.clock(of.stint.since, of.agency.zone)}


def _deadline(of: Desk, reasons: list[AwayReason]) -> str:
    """What happens when the time for the wrap-up is over."""
    if not (of.wrapping and of.stint and of.stint.due_at):
        return ""
    until = moments.clock(of.stint.due_at, of.agency.zone)
    then = next((breaks.name(one) for one in reasons if of.offer and one.slug == of.offer.then), "")
    if then:
        said = _("Yours until %(time)s, and while you type; then: %(what)s. What is not finished waits for you.")
        return said % {"time": until, "what": then}
    said = _("Yours until %(time)s, and while you type; then you are ready. What is not finished waits for you.")
    return said % {"time": until}


def _more_time(of: Desk) -> list[tuple[str, str, str]]:
    """Why the wrap-up may take longer: what is sent, words and key. Nothing where it has no limit."""
    if not (of.wrapping and of.stint and of.stint.due_at):
        return []
    reason = WrapExtension.Reason
    return [
        (reason.NOTES, _("Notes to finish"), "m"),
        (reason.LOOK_UP, _("Something to look up"), ""),
        (reason.BREATHER, _("A hard call"), ""),
    ]


def _spoken(of: Desk, word: str) -> str:
    """What a screen reader says when the state changes: once, and of a caller only what they want."""
    if of.word in ("ringing", "calling"):
        queue = words.either(of.queue.name, of.queue.name_es) if of.queue else ""
        return _("A call for you: %(queue)s. %(how)s") % {"queue": queue, "how": ring_text(of)}
    return _("You are now: %(state)s.") % {"state": word}

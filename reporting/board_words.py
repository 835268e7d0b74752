"""The floor as tiles, rows and bars in the active language: everything decided here, the templates only place it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core import moments
from reporting import alert_words, words
from reporting.facts import Place, Presence, State
from reporting.floor_now import LONGEST_S, Floor
from reporting.thresholds import ENOUGH

# Targets of the line, as fractions.
IN_20_S, ABANDONED, LOST = 0.80, 0.05, 0.06
BAR, WIDE_BAR, AGE_BAR = 92, 380, 150  # widths of the pictures, in their own units
_LEAST_FULL = 10  # waiting callers: fewer never fill the bar
_ON_WALL_AT_MOST = 2  # alerts: what stands below them must stay in view

# Why an operator was set away by the floor and not by choice: (word, note). Whoever is in here comes first.
_HANDS = {
    "no answer": (gettext_lazy("Missed a ring"), gettext_lazy("phone not picked up")),
    "phone not reachable": (gettext_lazy("Missed a ring"), gettext_lazy("phone not reachable")),
    "line trouble": (gettext_lazy("Line trouble"), gettext_lazy("the line broke")),
    "desk asleep": (gettext_lazy("Desk asleep"), gettext_lazy("no sign of life from their desk")),
}
_DECLINED = {"declined": gettext_lazy("Not just now")}
_STATES = {  # state, in the order of the board: (mark and colour, word)
    State.OFFERED: ("ringing", gettext_lazy("Ringing")),
    State.TALKING: ("talking", gettext_lazy("Talking")),
    State.HOLD: ("hold", gettext_lazy("On hold")),
    State.WRAPPING: ("wrap", gettext_lazy("Wrap-up")),
    State.READY: ("ready", gettext_lazy("Ready")),
    State.AWAY: ("away", gettext_lazy("Away")),
    State.TRAINING: ("training", gettext_lazy("Training")),
    State.OFFLINE: ("away", gettext_lazy("Offline")),
}
_ORDER = {state: n for n, state in enumerate(_STATES, start=1)}
_WITH_CALLERS = (State.TALKING, State.HOLD)
_ON_WALL = (  # (states, mark, words)
    ((State.READY,), "ready", gettext_lazy("%s ready")),
    ((State.OFFERED,), "ringing", gettext_lazy("%s ringing")),
    ((State.TALKING,), "talking", gettext_lazy("%s talking")),
    ((State.HOLD,), "hold", gettext_lazy("%s on hold")),
    ((State.WRAPPING,), "wrap", gettext_lazy("%s in wrap-up")),
    ((State.AWAY, State.TRAINING), "away", gettext_lazy("%s away")),
)
_AGES = (  # (until, words), the last without end
    (timedelta(minutes=30), gettext_lazy("under 30 min")),
    (timedelta(hours=1), gettext_lazy("30 to 60 min")),
    (timedelta(hours=4), gettext_lazy("1 to 4 h")),
    (None, gettext_lazy("over 4 h")),
)


def board(floor: Floor) -> dict:
    """The context of the board's card."""
    operators = [_operator(floor, one) for one in sorted(floor.operators, key=lambda one: _who_first(floor, one))]
    half = (len(operators) + 1) // 2
    return {
        **_state(floor),
        "tiles": _tiles(floor),
        "queues": _queues(floor, BAR),
        "bar_width": BAR,
        "operators": [operators[:half], operators[half:]],
        "hands": _hands(floor),
        **_alerts(floor, most=len(floor.alerts)),
        "told": _told(floor),
        "owed": _owed(floor),
        "owed_count": words.count(len(floor.owed)) if floor.owed else "",
        "missed": _missed(floor),
        "missed_count": words.count(len(floor.missed)) if floor.missed else "",
        "age_width": AGE_BAR,
    }


def wall(floor: Floor) -> dict:
    """The context of the wall's card: sums and queues, nobody's name and nobody's number."""
    local = floor.at.astimezone(floor.agency.zone)
    counts = [sum(1 for one in floor.operators if one.state in states) for states, _mark, _text in _ON_WALL]
    return {
        **_state(floor),
        "agency": floor.agency.name,
        "day": moments.short_day(local.date()),
        "time": moments.clock(local),
        **_alerts(floor, most=_ON_WALL_AT_MOST),
        "figures": _figures(floor),
        "queues": _queues(floor, WIDE_BAR),
        "bar_width": WIDE_BAR,
        "states": [
            {"mark": mark, "text": str(text) % n} for n, (_states, mark, text) in zip(counts, _ON_WALL, strict=True)
        ],
        "seats": words.count(floor.today.seats_booked),
    }


def since(floor: Floor, moment: datetime | None) -> dict[str, str] | None:
    """A running time: the moment in ms of the epoch for the browser's clock, and what it shows until that ticks."""
    if moment is None:
        return None
    return {"ms": str(int(moment.timestamp() * 1000)), "text": words.length(int(floor.seconds(moment)))}


# ---- the whole --------------------------------------------------------------------------------------------------


def _state(floor: Floor) -> dict:
    if floor.stage == "busy":
        return {"busy": True, "word": _("Busy"), "why": _("longest wait over %s min") % (LONGEST_S // 60)}
    why = _("every wait under %s min") % (LONGEST_S // 60) if floor.waiting else _("nobody is waiting")
    return {"busy": False, "word": _("Calm"), "why": why}


def _tiles(floor: Floor) -> list[dict]:
    signed_in = [one for one in floor.operators if one.state != State.OFFLINE]
    talking = sum(1 for one in floor.operators if one.state in _WITH_CALLERS)
    total = floor.today.total
    return [
        _waiting(floor, _("Waiting now")),
        _longest(floor, floor.names.get(floor.waiting[0].queue, "") if floor.waiting else _("nobody is waiting")),
        {
            "label": _("Operators"),
            "value": words.count(len(signed_in)),
            "small": _("of %s") % words.count(len(floor.operators)),
            "note": _("%s with callers") % words.count(talking),
        },
        _count(floor, pgettext("short", "Call-backs owed"), (place.entered_at for place in floor.owed), _("oldest")),
        _missed_tile(floor),
        {
            "label": _("Offered today"),
            "value": words.count(total["offered"]),
            "note": _("%s served") % words.count(total["served"]),
        },
        _in_time(floor),
        _rate(floor, _("Abandoned"), "abandon_rate", ABANDONED),
        _rate(floor, _("Lost"), "lost_rate", LOST),
    ]


def _figures(floor: Floor) -> list[dict]:
    """The wall's five."""
    return [
        _waiting(floor, _("Waiting")),
        _longest(floor, _("limit %s") % words.length(LONGEST_S)),
        _count(floor, pgettext("short", "Call-backs owed"), (place.entered_at for place in floor.owed), _("oldest")),
        _in_time(floor),
        _rate(floor, _("Lost today"), "lost_rate", LOST),
    ]


def _waiting(floor: Floor, label: str) -> dict:
    queues = len({place.queue for place in floor.waiting})
    note = _("queues: %s") % queues if queues else _("nobody is waiting")
    return {"label": label, "value": words.count(len(floor.waiting)), "note": note}


def _longest(floor: Floor, note: str) -> dict:
    """Across all queues, since one set of operators serves them all."""
    running = since(floor, floor.waiting[0].entered_at if floor.waiting else None)
    alert = bool(floor.over)
    return {"label": _("Longest wait"), "running": running, "value": words.NOTHING, "note": note, "alert": alert}


def _missed_tile(floor: Floor) -> dict:
    count, oldest = floor.debts
    tile = {"label": _("Missed, not reached"), "value": words.count(count)}
    return {**tile, "note": _("oldest"), "since": since(floor, oldest)} if count else {**tile, "note": _("nobody")}


def _count(floor: Floor, label: str, moments: Iterable[datetime], first: str, alert: bool = False) -> dict:
    """A tile of how many, with the time since the first of them."""
    moments = list(moments)
    tile = {"label": label, "value": words.count(len(moments)), "alert": alert}
    return {**tile, "note": first, "since": since(floor, moments[0])} if moments else {**tile, "note": _("nobody")}


def _in_time(floor: Floor) -> dict:
    rate = floor.today.total["sl_20"]
    return {
        "label": _("In 20 seconds"),
        "value": words.whole_share(rate),
        "note": _("target %s") % words.whole_share(IN_20_S),
        "alert": _enough(floor) and rate is not None and rate < IN_20_S,
    }


def _rate(floor: Floor, label: str, name: str, target: float) -> dict:
    rate = floor.today.total[name]
    alert = _enough(floor) and rate is not None and rate > target
    return {"label": label, "value": words.share(rate), "note": _("target %s") % words.share(target), "alert": alert}


def _enough(floor: Floor) -> bool:
    return (floor.today.total["offered"] or 0) >= ENOUGH


# ---- queues -----------------------------------------------------------------------------------------------------


def _queues(floor: Floor, bar: int) -> list[dict]:
    """Every queue there is, and any that is gone but had callers today; the fullest bar is the longest line."""
    by_queue = floor.today.by_queue
    slugs = [*floor.names, *sorted(({*by_queue} | {place.queue for place in floor.line}) - {*floor.names})]
    waiting, owed = ({s: [p for p in part if p.queue == s] for s in slugs} for part in (floor.waiting, floor.owed))
    full = max(_LEAST_FULL, *(len(mine) for mine in waiting.values())) if slugs else _LEAST_FULL
    late = {place.queue for place in floor.over}
    nothing = {"offered": 0}
    return [
        {
            "name": floor.names.get(slug, slug),
            "waiting": words.count(len(waiting[slug])),
            "bar": f"{bar * len(waiting[slug]) / full:.0f}",
            "over": slug in late,
            "longest": _first(floor, waiting[slug]),
            "offered": words.count(by_queue.get(slug, nothing)["offered"]),
            "in_time": words.whole_share(by_queue.get(slug, nothing).get("sl_20")),
            "abandoned": words.share(by_queue.get(slug, nothing).get("abandon_rate")),
            "lost": words.share(by_queue.get(slug, nothing).get("lost_rate")),
            "owed": words.count(len(owed[slug])),
            "oldest": _first(floor, owed[slug]),
        }
        for slug in slugs
    ]


def _first(floor: Floor, places: list[Place]) -> dict[str, str] | None:
    return since(floor, places[0].entered_at if places else None)


# ---- operators --------------------------------------------------------------------------------------------------


def _needs_a_hand(one: Presence) -> bool:
    return one.state == State.AWAY and one.reason in _HANDS


def _overstays(floor: Floor, one: Presence) -> bool:
    """Away for longer than the break allows."""
    return one.state in (State.AWAY, State.TRAINING) and one.due_at is not None and one.due_at < floor.at


def _who_first(floor: Floor, one: Presence) -> tuple[int, bool]:
    """Missed rings, then breaks that are over, then by state; the sort is stable, so by name within."""
    first = 0 if _needs_a_hand(one) or _overstays(floor, one) else _ORDER[one.state]
    return first, not _needs_a_hand(one)


def _operator(floor: Floor, one: Presence) -> dict:
    mark, word = _STATES[one.state]
    note = floor.names.get(one.queue, one.queue)
    if _needs_a_hand(one):
        mark, (word, note) = "alert", _HANDS[one.reason]
    elif one.state == State.OFFERED and one.calling_back:
        word = _("Calling back")
    elif one.state == State.AWAY and one.reason:
        word = floor.reasons.get(one.reason) or _DECLINED.get(one.reason, one.reason)
    if _overstays(floor, one) and not _needs_a_hand(one):
        note = _("longer than planned")
    running = None if one.state == State.OFFLINE else since(floor, one.since)
    return {"name": one.name, "mark": mark, "word": word, "since": running, "note": note}


def _hands(floor: Floor) -> list[dict]:
    """What waits for a supervisor: a line that is too long, an operator whose phone does not answer."""
    lines = []
    if not floor.today.adds_up:
        lines.append({"text": _("Today does not add up"), "note": _("so its numbers are left out"), "since": None})
    for one in floor.operators:
        if one.help_at is not None:
            text = _("%s asks for help") % one.name
            lines.append(
                {"text": text, "note": floor.names.get(one.queue, one.queue), "since": since(floor, one.help_at)}
            )
    for slug in dict.fromkeys(place.queue for place in floor.over):
        late = [place for place in floor.over if place.queue == slug]
        name = floor.names.get(slug, slug)
        what = {"queue": name, "n": words.count(len(late)), "limit": words.length(LONGEST_S)}
        text = _("%(queue)s: %(n)s over %(limit)s") % what
        lines.append({"text": text, "note": _("longest"), "since": _first(floor, late)})
    for one in filter(_needs_a_hand, floor.operators):
        word, note = _HANDS[one.reason]
        text = _("%(name)s: %(what)s") % {"name": one.name, "what": str(word).lower()}
        lines.append({"text": text, "note": _("%s; away for") % note, "since": since(floor, one.since)})
    return lines


# ---- what was passed, what all are told ---------------------------------------------------------------------------


def _alerts(floor: Floor, *, most: int) -> dict:
    """Thresholds passed, the latest first."""
    alerts = floor.alerts[::-1]
    shown = [
        {"pk": one.pk, "text": alert_words.line(one), "note": _("open for"), "since": since(floor, one.opened_at)}
        for one in alerts[:most]
    ]
    more = len(alerts) - len(shown)
    return {
        "alerts": shown,
        "alerts_count": _("alerts open: %s") % words.count(len(alerts)),
        "alerts_more": _("and %s more") % words.count(more) if more else "",
    }


def _told(floor: Floor) -> dict | None:
    """The line all desks show, who said it, and how many say they have read it."""
    told = floor.told
    if told is None:
        return None
    signed_in = sum(1 for one in floor.operators if one.state != State.OFFLINE)
    about = {"by": told.by, "time": moments.clock(told.until.astimezone(floor.agency.zone))}
    said = _("by %(by)s, until %(time)s") % about
    read = _("read by %(seen)s of %(all)s") % {"seen": words.count(told.seen), "all": words.count(signed_in)}
    return {"pk": told.pk, "text": told.text, "note": f"{said} · {read}"}


# ---- promises and the missed ------------------------------------------------------------------------------------


def _owed(floor: Floor) -> list[dict]:
    at = floor.at
    kept = [p for p in floor.owed if p.kept]
    later = [p for p in kept if p.window_from and p.window_from > at]
    due = [p for p in kept if p.not_before <= at and p not in later]
    overdue = [p for p in due if p.window_until and p.window_until < at]
    groups = (
        (_("Overdue: its window is over"), overdue),
        (_("Place kept, next free"), [p for p in due if p not in overdue]),
        (_("Tried, again in a few minutes"), [p for p in kept if p.not_before > at and p not in later]),
        (_("Promised for later"), later),
        (_("Being called right now"), [p for p in floor.owed if not p.kept]),
        (_("Calls that we make"), floor.outbound),
    )
    optional = (groups[0][0], groups[3][0], groups[5][0])  # shown only where there are any
    return [
        {"label": text, "n": words.count(len(mine)), "since": _first(floor, mine)}
        for text, mine in groups
        if mine or text not in optional
    ]


def _missed(floor: Floor) -> list[dict]:
    """How many, by how long ago they left."""
    counts = [0] * len(_AGES)
    for _number, left in floor.missed:
        age = floor.at - left
        counts[next(n for n, (until, _text) in enumerate(_AGES) if until is None or age < until)] += 1
    most = max(counts) or 1
    return [
        {"label": text, "n": words.count(n), "bar": f"{AGE_BAR * n / most:.0f}", "late": until is None}
        for n, (until, text) in zip(counts, _AGES, strict=True)
    ]

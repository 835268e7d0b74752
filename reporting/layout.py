"""Which figures stand where on the daily report, under which words: one list for the page and the CSV."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reporting import words


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure by its name in `DailyReport.total`, its label, and how to write it."""

    name: str
    label: str
    text: Callable[[float | None], str] = words.count
    strong: bool = False


UNITS = {words.count: "", words.share: _("share of 1"), words.whole_share: _("share of 1"), words.length: _("seconds")}

WHO_RANG = (
    Figure("inbound", _("Inbound")),
    Figure("closed", _("Outside hours")),
    Figure("ivr_abandoned", _("Hung up in the menu")),
    Figure("ivr_contained", _("Served by the menu")),
    Figure("offered", _("Offered")),
    Figure("answered", _("Answered")),
    Figure("served", _("Served by an operator")),
    Figure("abandon_rate", _("Abandoned"), words.share),
    Figure("lost_rate", _("Lost"), words.share, strong=True),
)
HOW_LONG = (
    Figure("sl_20", _("In 20 s"), words.whole_share),
    Figure("sl_60", _("In 60 s"), words.whole_share),
    Figure("sl_120", _("In 120 s"), words.whole_share),
    Figure("asa_s", _("Speed of answer"), words.length),
    Figure("time_to_operator_s", _("Time to operator"), words.length),
    Figure("longest_wait_s", _("Longest wait"), words.length),
    Figure("aht_s", _("Talk, hold, wrap-up"), words.length),
    Figure("wrap_s", _("Wrap-up alone"), words.length),
    Figure("occupancy", _("Occupancy"), words.whole_share),
)
WHAT_CAME = (
    Figure("unique_callers", _("Unique callers")),
    Figure("callbacks_asked", _("Call-backs asked")),
    Figure("callback_done", _("Call-backs done")),
    Figure("callback_failed", _("Call-backs failed")),
    Figure("callback_cancelled", _("Call-backs withdrawn")),
    Figure("callback_pending", _("Call-backs owed")),
    Figure("turned_away", _("Turned away at closing")),
    Figure("short_abandons", _("Short abandons")),
    Figure("abandon_rate_without_short", _("Abandoned without them"), words.share),
)
HEADLINE = (
    (_("Who rang"), WHO_RANG),
    (_("How long it took"), HOW_LONG),
    (_("What came of it"), WHAT_CAME),
)

BY_INTERVAL = (
    Figure("inbound", _("Inbound")),
    Figure("offered", _("Offered")),
    Figure("answered", _("Answered")),
    Figure("abandoned", _("Abandoned")),
    Figure("lost", _("Lost")),
    Figure("asa_s", pgettext_lazy("column head", "Speed"), words.length),
    Figure("sl_20", _("In 20 s"), words.whole_share),
)
# The page has room for these; the file has them all. Offered leads, the picture stands behind it.
BY_INTERVAL_ON_PAGE = BY_INTERVAL[1:]

BY_QUEUE = (
    Figure("offered", _("Offered")),
    Figure("answered", _("Answered")),
    Figure("abandoned", _("Abandoned")),
    Figure("lost", _("Lost")),
    Figure("lost_rate", _("Lost rate"), words.share),
    Figure("asa_s", pgettext_lazy("column head", "Speed"), words.length),
    Figure("sl_20", _("In 20 s"), words.whole_share),
)

BY_QUEUE_ON_PAGE = tuple(figure for figure in BY_QUEUE if figure.name not in ("abandoned", "lost"))

# (label, figure, its yardstick or None)
CALLBACKS = (
    (_("Told of it"), Figure("callbacks_offered", ""), None),
    (_("Asked for it, of those told"), Figure("callbacks_asked", ""), Figure("callback_acceptance", "", words.share)),
    (_("Done, of those not withdrawn"), Figure("callback_done", ""), Figure("callback_success", "", words.share)),
    (_("Withdrawn"), Figure("callback_cancelled", ""), None),
    (_("Failed"), Figure("callback_failed", ""), None),
    (_("Still owed"), Figure("callback_pending", ""), None),
    (
        _("Dialled, and for each one done"),
        Figure("callback_attempts", ""),
        Figure("attempts_per_success", "", words.times),
    ),
    (_("Longest wait for one"), Figure("longest_callback_wait_s", "", words.length), None),
)

# Why callers were overtaken (reporting.fairness.Reason), the most usual first.
OVERTAKEN = (
    ("skill", _("The operator did not have what they need")),
    ("relaxed", _("The operator will do only after a longer wait")),
    ("head_start", _("The other was more urgent")),
    ("resting", _("Their call-back was not due yet")),
    ("refused_ring", _("The operator had just not taken them")),
    ("put_back", _("Another operator was being rung for them, in vain")),
    ("preferred", _("Kept for the operator they know")),
    ("moved", _("Moved by a supervisor")),
)

# Once a number; likewise.
MISSED = (
    (_("Callers missed"), Figure("missed_callers", ""), None),
    (_("Called within 20 minutes"), Figure("tried_20", ""), Figure("tried_20_rate", "", words.share)),
    (_("Reached by us within a day"), Figure("recovered_by_us", ""), None),
    (_("Got through themselves within a day"), Figure("recovered_by_caller", ""), None),
    (_("Not reached within a day, or not yet"), Figure("not_recovered", ""), None),
    (_("Missed with the number withheld"), Figure("missed_withheld", ""), None),
    (_("Processed, of unique callers"), Figure("processed", ""), Figure("processed_rate", "", words.share)),
)

NOT_OFFERED_ENDS = (
    ("blocked", _("%(n)s blocked")),
    ("closed", _("%(n)s outside hours")),
    ("ivr_abandoned", _("%(n)s hung up in the menu")),
    ("ivr_contained", _("%(n)s served by the menu")),
    ("in_menu", _("%(n)s in the menu now")),
    ("offered", _("%(n)s offered")),
)
OFFERED_ENDS = (
    ("answered", _("%(n)s answered")),
    ("abandoned", _("%(n)s abandoned")),
    ("callback_done", _("%(n)s called back")),
    ("callback_failed", _("%(n)s call-back failed")),
    ("callback_cancelled", _("%(n)s withdrawn")),
    ("callback_pending", _("%(n)s owed")),
    ("turned_away", _("%(n)s turned away")),
    ("voicemail", _("%(n)s voicemail")),
    ("overflow", _("%(n)s sent elsewhere")),
    ("waiting", _("%(n)s waiting now")),
    ("talking", _("%(n)s talking now")),
)
ONLY_WHILE_LIVE = frozenset({"in_menu", "waiting", "talking"})  # said only when there are any

DEFINITIONS = (
    (_("Offered"), _("entered an operator queue, counted once per contact.")),
    (_("Answered"), _("an operator took the call live. Call-backs stand apart.")),
    (
        _("Abandoned"),
        _(
            "left the queue before an operator came, no call-back asked, over offered. %(n)s of these left within "
            "%(seconds)s seconds: short abandons. They are counted."
        ),
    ),
    (
        _("Lost"),
        _(
            "abandoned, turned away at closing, call-back failed or still owed, over offered. A promise not kept is a "
            "lost caller."
        ),
    ),
    (_("Speed of answer"), _("mean wait of the answered. A call-back is never counted as zero.")),
    (_("Time to operator"), _("mean wait of all served, call-backs with their real wait.")),
    (
        _("In 20 s"),
        _("served within 20 seconds, over offered less short abandons. A call-back counts only if it came that soon."),
    ),
    (_("Longest wait"), _("of the answered and the abandoned; call-backs stand apart.")),
    (_("Talk, hold, wrap-up"), _("for each contact served, all its legs together.")),
    (
        _("Occupancy"),
        _("operators' time with or for callers, over that and the time they were ready. Breaks left out."),
    ),
    (_("Unique callers"), _("different numbers. %(withheld)s withheld their number; each of these counts as one.")),
    (
        _("Callers missed"),
        _(
            "different numbers that left the line after 5 seconds or more, rang outside hours, hung up in the menu "
            "after a choice, left a message, were turned away, passed on in vain or not reached by their call-back."
        ),
    ),
    (_("Processed"), _("callers served, by an operator or the menu, or recovered within a day, over unique callers.")),
    (
        _("Half hours"),
        _("everything stands in the half hour in which the call came in, and in the first queue, so that rows add up."),
    ),
)
STILL_GOING_ON = (
    _("Still going on"),
    _(
        "a call that has not ended counts in inbound and offered and, once an operator has it, in the service level; "
        "in nothing else until it ends."
    ),
)

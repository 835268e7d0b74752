"""The conductor: everything that can happen on the floor is one public function here.

Webhooks, desk, API and menus call only these. Each reads as the story of one event: a guarded change (zero rows: it was
told before, or too late, and nothing happens), its line in the ledger, the next match. What must be said to the carrier
is left on the row for the worker (`floor.outbox`); no function here waits for anybody outside.

`callers` come and go, `operators` are ready or not, `rings` is an offer on its way, `promises` are call-backs,
`outbound` is who is called by us, `missed` says whom we owe a call and `recover` has it made, `telling` is one line to
all desks, `waits` what comes of waiting, `due` is what time brings; `holds`, `transfers` and `supervisors` are what
happens in a conversation, `parting` its ends. `lock` lets one of them at the floor at a time; `match` pairs the line
with the idle.
"""

from floor.dispatch.callers import arrive, gone, hung_up
from floor.dispatch.due import tick
from floor.dispatch.holds import held, hold, mute, not_set
from floor.dispatch.missed import missed
from floor.dispatch.operators import away, desk_seen, hang_up, more_time, ready, wish, wrapped_up
from floor.dispatch.outbound import call_out
from floor.dispatch.promises import (
    call_back,
    callback_accepted,
    callback_expired,
    callback_missed,
    callback_moved_up,
    callback_removed,
    callback_withdrawn,
    dial_begins,
    may_call_back,
    next_legal_hours,
    plan_call_back,
)
from floor.dispatch.recover import (
    call_missed,
    give_back_missed,
    look_after_missed,
    settle_missed,
    take_missed,
    withdraw_missed,
)
from floor.dispatch.rings import UNREACHABLE, answered, connected, put_back, refused, talk_over
from floor.dispatch.supervisors import (
    ask_for_help,
    help_not_needed,
    listen,
    listening_joined,
    listening_over,
    move_caller,
    set_state,
    take_over,
    turn,
)
from floor.dispatch.telling import line_seen, take_down, tell_desks
from floor.dispatch.transfers import (
    caller_left,
    caller_out,
    complete,
    consult,
    consult_joined,
    consult_left,
    consult_refused,
    operator_left,
    out_of_the_room,
    take_back,
    talk_to,
    to_queue,
)
from floor.dispatch.waits import may_text, next_round, text_link, turn_away

__all__ = [
    "UNREACHABLE", "answered", "arrive", "away", "call_back", "call_missed", "call_out", "callback_accepted",
    "callback_expired", "callback_missed", "callback_moved_up", "callback_removed", "callback_withdrawn", "connected",
    "desk_seen", "dial_begins", "give_back_missed", "gone", "hang_up", "hung_up", "line_seen", "look_after_missed",
    "may_call_back", "may_text", "missed", "more_time", "next_legal_hours", "next_round", "plan_call_back", "put_back",
    "ready", "refused", "settle_missed", "take_down", "take_missed", "talk_over", "tell_desks", "text_link", "tick",
    "turn_away", "wish", "withdraw_missed", "wrapped_up",
    # passing a caller on
    "caller_left", "caller_out", "complete", "consult", "consult_joined", "consult_left", "consult_refused", "held",
    "hold", "mute", "not_set", "operator_left", "out_of_the_room", "take_back", "talk_to", "to_queue",
    # the supervisor's hand
    "ask_for_help", "help_not_needed", "listen", "listening_joined", "listening_over", "move_caller", "set_state",
    "take_over", "turn",
]  # fmt: skip

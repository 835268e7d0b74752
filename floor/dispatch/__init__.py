"""The conductor: everything that can happen on the floor is one public function here.

Webhooks, desk, API and menus call only these. Each reads as the story of one event: a guarded change (zero rows: it was
told before, or too late, and nothing happens), its line in the ledger, the next match. What must be said to the carrier
is left on the row for the worker (`floor.outbox`); no function here waits for anybody outside.

`callers` come and go, `operators` are ready or not, `rings` is an offer on its way, `promises` are call-backs, `due` is
what time brings; `missed` says whom we owe a call, `recover` has it made, `outbound` is how we call. `lock` lets one of
them at the floor at a time; `match` pairs the line with the idle.
"""

from floor.dispatch.callers import arrive, hung_up
from floor.dispatch.due import tick
from floor.dispatch.missed import missed
from floor.dispatch.operators import away, hang_up, ready, wrapped_up
from floor.dispatch.outbound import call_out
from floor.dispatch.promises import call_back, callback_accepted, callback_missed, callback_withdrawn, may_call_back
from floor.dispatch.recover import (
    call_missed,
    give_back_missed,
    look_after_missed,
    settle_missed,
    take_missed,
    withdraw_missed,
)
from floor.dispatch.rings import UNREACHABLE, answered, connected, put_back, refused, talk_over

__all__ = [
    "UNREACHABLE", "answered", "arrive", "away", "call_back", "call_missed", "call_out", "callback_accepted",
    "callback_missed", "callback_withdrawn", "connected", "give_back_missed", "hang_up", "hung_up",
    "look_after_missed", "may_call_back", "missed", "put_back", "ready", "refused", "settle_missed", "take_missed",
    "talk_over", "tick", "withdraw_missed", "wrapped_up",
]  # fmt: skip

"""The conductor: everything that can happen on the floor is one public function here.

Webhooks, desk, API and menus call only these. Each reads as the story of one event: a guarded change (zero rows: it was
told before, or too late, and nothing happens), its line in the ledger, the next match. What must be said to the carrier
is left on the row for the worker (`floor.outbox`); no function here waits for anybody outside.

`callers` come and go, `operators` are ready or not, `rings` is an offer on its way, `promises` are call-backs, `due` is
what time brings, `waits` what comes of waiting. `lock` lets one of them at the floor at a time; `match` pairs the line
with the idle.
"""

from floor.dispatch.callers import arrive, hung_up
from floor.dispatch.due import tick
from floor.dispatch.operators import away, hang_up, ready, wrapped_up
from floor.dispatch.promises import call_back, callback_accepted, callback_missed, callback_withdrawn, may_call_back
from floor.dispatch.rings import UNREACHABLE, answered, connected, put_back, refused, talk_over
from floor.dispatch.waits import call_back_later, may_text, next_round, text_link, turn_away

__all__ = [
    "UNREACHABLE", "answered", "arrive", "away", "call_back", "callback_accepted", "callback_missed",
    "callback_withdrawn", "connected", "hang_up", "hung_up", "may_call_back", "put_back", "ready", "refused",
    "talk_over", "tick", "wrapped_up",
    "call_back_later", "may_text", "next_round", "text_link", "turn_away",
]  # fmt: skip

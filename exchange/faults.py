"""A bad day at the carrier, on request and repeatable: every fault is drawn from the exchange's seed."""

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Faults:
    """All off by default. Probabilities are 0.0 to 1.0; ValueError outside.

    duplicate: chance that a webhook is delivered twice; the second reply to an action is discarded.
    delay_s: a notification comes up to this many seconds late.
    shuffle: notifications due at the same instant come in any order.
    drop: chance that a notification never comes. Requests that want XML are never dropped.
    answer_503: chance that a REST request is answered 503; in half of these cases the work was done all the same.
    answer_429: chance that a REST request is turned away with 429, as if others had used up the rate.
    stall_s: over HTTP, every REST request is served this many seconds late. In-process there is nobody to keep waiting.
    """

    duplicate: float = 0.0
    delay_s: float = 0.0
    shuffle: bool = False
    drop: float = 0.0
    answer_503: float = 0.0
    answer_429: float = 0.0
    stall_s: float = 0.0

    def __post_init__(self):
        for field in fields(self):
            value = getattr(self, field.name)
            if value < 0 or (field.name not in ("delay_s", "stall_s") and value > 1):
                raise ValueError(f"{field.name} is {value!r}; a probability or a delay was expected")

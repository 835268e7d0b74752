"""The floor's tables, by noun: what an admin sets up, and what happens live. Each live table has one writer."""

from floor.models.live import Callback, Command, Entry, Offer, Stint
from floor.models.setup import Operator, OperatorSkill, Queue, RelaxStep, Skill
from floor.models.wait import ComfortMessage, OverflowRule, WaitPromise

__all__ = [
    "Callback",
    "ComfortMessage",
    "Command",
    "Entry",
    "Offer",
    "Operator",
    "OperatorSkill",
    "OverflowRule",
    "Queue",
    "RelaxStep",
    "Skill",
    "Stint",
    "WaitPromise",
]

"""The floor's tables, by noun: what an admin sets up, and what happens live. Each live table has one writer."""

from floor.models.live import Command, Entry, Offer, Stint
from floor.models.promises import Callback, CallbackAttempt, CallbackRule, CallbackTerms
from floor.models.setup import Operator, OperatorSkill, Queue, RelaxStep, Skill

__all__ = [
    "Callback",
    "CallbackAttempt",
    "CallbackRule",
    "CallbackTerms",
    "Command",
    "Entry",
    "Offer",
    "Operator",
    "OperatorSkill",
    "Queue",
    "RelaxStep",
    "Skill",
    "Stint",
]

"""The floor's tables, by noun: what an admin sets up, and what happens live. Each live table has one writer."""

from floor.models.guests import Consult, Listening
from floor.models.live import Callback, Command, Entry, Offer, Stint
from floor.models.setup import Operator, OperatorSkill, Queue, RelaxStep, Skill, Supervisor

__all__ = [
    "Callback",
    "Command",
    "Consult",
    "Entry",
    "Listening",
    "Offer",
    "Operator",
    "OperatorSkill",
    "Queue",
    "RelaxStep",
    "Skill",
    "Stint",
    "Supervisor",
]

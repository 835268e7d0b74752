"""The floor's tables, by noun: what an admin sets up, and what happens live. Each live table has one writer."""

from floor.models.debts import Debt, DebtAttempt
from floor.models.live import Callback, Command, Entry, Offer, Stint
from floor.models.setup import Operator, OperatorSkill, Queue, RelaxStep, Skill

__all__ = [
    "Callback",
    "Command",
    "Debt",
    "DebtAttempt",
    "Entry",
    "Offer",
    "Operator",
    "OperatorSkill",
    "Queue",
    "RelaxStep",
    "Skill",
    "Stint",
]

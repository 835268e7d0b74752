"""The floor's tables, by noun: what an admin sets up, and what happens live. Each live table has one writer."""

from floor.models.debts import Debt, DebtAttempt
from floor.models.guests import Consult, Listening
from floor.models.live import Command, Entry, Offer, Stint, WrapExtension
from floor.models.promises import Callback, CallbackAttempt, CallbackRule, CallbackTerms
from floor.models.setup import AwayReason, Operator, OperatorSkill, Queue, RelaxStep, Skill, Supervisor
from floor.models.told import Broadcast, BroadcastSeen
from floor.models.wait import ComfortMessage, OverflowRule, WaitPromise

__all__ = [
    "AwayReason",
    "Broadcast",
    "BroadcastSeen",
    "Callback",
    "CallbackAttempt",
    "CallbackRule",
    "CallbackTerms",
    "ComfortMessage",
    "Command",
    "Consult",
    "Debt",
    "DebtAttempt",
    "Entry",
    "Listening",
    "Offer",
    "Operator",
    "OperatorSkill",
    "OverflowRule",
    "Queue",
    "RelaxStep",
    "Skill",
    "Stint",
    "Supervisor",
    "WaitPromise",
    "WrapExtension",
]

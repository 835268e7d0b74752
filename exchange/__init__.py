"""A stand-alone Plivo-compatible carrier for desk, tests and drills. See README.md in this folder."""

from exchange.carrier import Exchange
from exchange.errors import ContractError
from exchange.faults import Faults
from exchange.party import Party
from exchange.switches import Switches
from exchange.timeline import RealTimeline, Timeline
from exchange.webhooks import WebReply, WebRequest

__all__ = [
    "ContractError",
    "Exchange",
    "Faults",
    "Party",
    "RealTimeline",
    "Switches",
    "Timeline",
    "WebReply",
    "WebRequest",
]

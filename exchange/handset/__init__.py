"""A telephone for people: a phone at the exchange that is answered by hand, and the page it is answered on."""

from exchange.handset.by_hand import ByHand

__all__ = ["ByHand"]

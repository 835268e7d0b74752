"""Every call has one end: the sum that must hold before any report is printed.

Inbound = blocked + closed + hung up in the menu + served by the menu + in the menu + offered, and offered = the sum of
the offered fates. Both sides are counted from rows of their own, none as a remainder, so a lost row breaks the sum.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from reporting.metrics import IN_MENU, NOT_OFFERED_FATES, OFFERED_FATES, SERVED_FATES, Contact

_CALLBACK_FATES = ("callback_done", "callback_failed", "callback_cancelled", "callback_pending")


class IdentityError(Exception):
    """The day does not add up. The message names both sides; there is no report."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows counted as they were read: `inbound` from calls, `offered` from offered events, each fate from its own."""

    inbound: int
    offered: int
    fates: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Identity:
    """Both sides of the two sums."""

    inbound_counted: int
    inbound_fates: int
    offered_counted: int
    offered_fates: int


def identity(counts: Counts) -> Identity:
    """Both sides, whether they agree or not."""
    not_offered = sum(counts.fates.get(fate, 0) for fate in (*NOT_OFFERED_FATES, IN_MENU))
    return Identity(
        inbound_counted=counts.inbound,
        inbound_fates=not_offered + counts.offered,
        offered_counted=counts.offered,
        offered_fates=sum(counts.fates.get(fate, 0) for fate in OFFERED_FATES),
    )


def checked(counts: Counts, contacts: Collection[Contact]) -> Identity:
    """The identity of a day that adds up, in total and contact by contact. Raises IdentityError."""
    sides = identity(counts)
    if sides.inbound_counted != sides.inbound_fates:
        raise IdentityError(
            f"inbound: {sides.inbound_counted} calls, but {sides.inbound_fates} = "
            f"{_sum(counts, (*NOT_OFFERED_FATES, IN_MENU))} + {counts.offered} offered{_named(contacts)}"
        )
    if sides.offered_counted != sides.offered_fates:
        raise IdentityError(
            f"offered: {sides.offered_counted} entered a queue, but {sides.offered_fates} = "
            f"{_sum(counts, OFFERED_FATES)}{_named(contacts)}"
        )
    _check_each(contacts)
    return sides


def _check_each(contacts: Collection[Contact]) -> None:
    """Two wrongs may balance in the totals; no mean may rest on a wait that nobody wrote down."""
    if torn := _torn(contacts):
        raise IdentityError(f"fates: {len(contacts)} calls, but {len(contacts) - len(torn)} whole{_named(contacts)}")
    for what, fates, has in (
        ("connected", (*SERVED_FATES, "talking", "abandoned"), lambda c: c.wait_s is not None),
        ("callback_asked", _CALLBACK_FATES, lambda c: c.callback_asked),
    ):
        ended = [c for c in contacts if c.fate in fates]
        known = [c for c in ended if has(c)]
        if len(ended) != len(known):
            raise IdentityError(f"{what}: {len(ended)} contacts rest on it, but {len(known)} have it written down")


def _torn(contacts: Collection[Contact]) -> list[Contact]:
    return [c for c in contacts if not c.fate or (c.entered_at is not None) != (c.fate in OFFERED_FATES)]


def _named(contacts: Collection[Contact]) -> str:
    """The first few calls to look at: an error one can act on."""
    torn = [str(c.call_id) for c in _torn(contacts)]
    return f" (look at call {', '.join(torn[:5])}{' and more' if len(torn) > 5 else ''})" if torn else ""


def _sum(counts: Counts, fates: Collection[str]) -> str:
    return " + ".join(f"{counts.fates.get(fate, 0)} {fate}" for fate in fates)

"""What a drill is asked for: the options of the command, and what report.json says of them."""

from dataclasses import dataclass, field, fields
from typing import Any

from exchange import Faults, Switches

ALWAYS = ("operators", "talk", "seed", "callback", "accept")  # said of every drill; the others only where they are used
CALLBACK_MODES = {"off": "off", "keep-place": "keep_place", "windowed": "windowed"}  # to `Queue.callback_mode`


@dataclass(frozen=True)
class Options:
    """Shares are from 0 to 1: `accept` of those offered a call-back want one, `book` of the served book, `self_service`
    of all are served by the menu, `decline` of the rings are not taken. `ring` is how long an operator lets it ring,
    `priority_head_start` what a class of urgency is worth, both in s. `shuffle`: a seed by which the line is served in
    no order at all; None for an honest drill.
    """

    operators: int
    talk: str = "service_x_s"
    seed: int = 1
    callback: str = "off"
    accept: float = 0.5
    book: float = 0.0
    self_service: float = 0.0
    skills: bool = False
    decline: float = 0.0
    ring: int = 0
    priority_head_start: int = 0
    redial: bool = False
    shuffle: int | None = None
    switches: Switches = field(default_factory=Switches)
    faults: Faults = field(default_factory=Faults)

    def said(self) -> dict[str, Any]:
        """Everything that made this drill what it is, by the names of the command's options."""
        return {name: value for name, value in self._options() if name in ALWAYS or value != _USUAL[name]}

    def words(self) -> list[str]:
        """The same as words of a command line."""
        words = []
        for name, value in self.said().items():
            words += [f"--{name.replace('_', '-')}"] + ([] if value is True else [str(value)])
        return words

    def _options(self) -> list[tuple[str, Any]]:
        return [(one.name, getattr(self, one.name)) for one in fields(self) if one.name in NAMES]


NAMES = tuple(one.name for one in fields(Options) if one.name not in ("switches", "faults"))
_USUAL = {one.name: one.default for one in fields(Options)}

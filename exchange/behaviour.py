"""Parties that behave as a few words of JSON say, for the control API and for simple tests. Times are seconds."""

import random

from exchange.handset import ByHand
from exchange.party import Party
from exchange.timeline import SECOND


class _Scripted(Party):
    """Presses the next of `digits` at each question. Once somebody is there it says the lines of `says`, each after
    `pause_s`, and talks for `talk_s` (None: until the other side hangs up). With a `seed` every time is stretched or
    squeezed by up to a fifth, always in the same way."""

    def __init__(self, *, digits=(), think_s=1.0, talk_s=None, says=(), pause_s=4.0, seed=None):
        self._digits = list(digits)
        self._says, self._pause_s = list(says), pause_s
        self._think_s, self._talk_s = think_s, talk_s
        self._luck = None if seed is None else random.Random(seed)

    def _us(self, seconds: float) -> int:
        stretch = 1.0 if self._luck is None else self._luck.uniform(0.8, 1.2)
        return int(seconds * stretch * SECOND)

    def asked(self, leg, ask):
        if ask.confirm_key:
            leg.press(ask.confirm_key, self._us(self._think_s))
        elif self._digits:
            leg.press(self._digits.pop(0), self._us(self._think_s))

    def together(self, leg, room):
        for place, line in enumerate(self._says, 1):
            leg.talk(line, int(self._pause_s * place * SECOND))
        if self._talk_s is not None:
            leg.hang_up(self._us(self._talk_s))


class Caller(_Scripted):
    """Rings in, answers the questions in turn, and hangs up after `patience_s` if nobody came until then."""

    def __init__(self, *, digits=(), think_s=1.0, patience_s=None, talk_s=60.0, says=(), pause_s=4.0, seed=None):
        super().__init__(digits=digits, think_s=think_s, talk_s=talk_s, says=says, pause_s=pause_s, seed=seed)
        self._patience_s = patience_s
        self._gives_up = {}

    def answered(self, leg):
        if self._patience_s is not None:
            self._gives_up[leg.uuid] = leg.hang_up(self._us(self._patience_s))

    def together(self, leg, room):
        waiting = self._gives_up.pop(leg.uuid, None)
        if waiting is not None:
            waiting.cancel()
        super().together(leg, room)

    def ended(self, leg):
        self._gives_up.pop(leg.uuid, None)


class Handset(_Scripted):
    """A phone that the platform dials: it answers, declines (busy), rings out, or has a machine that picks up."""

    def __init__(
        self,
        *,
        answers_after_s=2.0,
        declines=False,
        never_answers=False,
        machine=False,
        digits=(),
        think_s=1.0,
        talk_s=None,
        says=(),
        pause_s=4.0,
        seed=None,
    ):
        super().__init__(digits=digits, think_s=think_s, talk_s=talk_s, says=says, pause_s=pause_s, seed=seed)
        self._answers_after_s = answers_after_s
        self._declines, self._never_answers, self._machine = declines, never_answers, machine

    def rings(self, leg):
        if self._never_answers:
            return
        reaction = leg.decline if self._declines else leg.machine if self._machine else leg.pick_up
        reaction(self._us(self._answers_after_s))


def caller(words: dict) -> Caller:
    """A Caller from JSON; ValueError for a word it does not know."""
    return _made(Caller, words)


def handset(words: dict) -> Handset | ByHand:
    """A Handset from JSON, or one for a person ({"by_hand": true}); ValueError for a word it does not know."""
    if words == {"by_hand": True}:
        return ByHand()
    return _made(Handset, words)


def _made(kind, words: dict):
    try:
        return kind(**words)
    except TypeError as error:
        raise ValueError(str(error)) from error

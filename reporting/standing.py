"""Who stands where in a long line, counted in logarithmic time. Pure."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

Key = tuple[datetime, int]  # when a place was taken, and its number among those of one moment


class _Sums:
    """A Fenwick tree: sums over the first n of a row of numbers, each of which may change."""

    def __init__(self, size: int) -> None:
        self._tree = [0] * (size + 1)

    def add(self, index: int, number: int) -> None:
        index += 1
        while index < len(self._tree):
            self._tree[index] += number
            index += index & -index

    def first(self, count: int) -> int:
        """The sum of the first `count` numbers."""
        total = 0
        while count:
            total += self._tree[count]
            count -= count & -count
        return total


class Standing:
    """Some of a known set of places stand in line, in the order of their keys; others have not come yet, or have left.

    `pass_by` counts one overtake for each of a range; what each place gathered while it stood is in `passed`.
    """

    def __init__(self, keys: Sequence[Key]) -> None:
        self._keys = sorted(keys)
        self._here, self._overtakes = _Sums(len(keys)), _Sums(len(keys))
        self._since: dict[int, int] = {}  # who stands, by index: overtakes counted at their index before they came
        self.passed: Counter[Key] = Counter()

    def __len__(self) -> int:
        return len(self._since)

    def come(self, key: Key) -> None:
        """This place stands in line from now on."""
        index = bisect_left(self._keys, key)
        self._since[index] = self._overtakes.first(index + 1)
        self._here.add(index, 1)

    def go(self, key: Key) -> None:
        """It does not any more."""
        index = bisect_left(self._keys, key)
        if passed := self._overtakes.first(index + 1) - self._since.pop(index):
            self.passed[key] += passed
        self._here.add(index, -1)

    def before(self, key: Key) -> int:
        """The index up to which places come before this one."""
        return bisect_left(self._keys, key)

    def until(self, moment: datetime) -> int:
        """The index up to which places were taken at `moment` or earlier."""
        return bisect_right(self._keys, moment, key=lambda key: key[0])

    def count(self, first: int, last: int) -> int:
        """How many stand from index `first` up to, without, `last`."""
        return self._here.first(last) - self._here.first(first) if first < last and self._since else 0

    def pass_by(self, first: int, last: int) -> int:
        """Counts one overtake for each who stands there; how many those are."""
        if found := self.count(first, last):
            self._overtakes.add(first, 1)
            self._overtakes.add(last, -1)
        return found

    def those(self, first: int, last: int) -> list[Key]:
        """Who stands there, in order. As long as the range, so ask only when `count` says there are any."""
        return [self._keys[index] for index in range(first, last) if index in self._since]

"""How often something may happen within a time, for each name or address."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable

_KEYS = 10_000
"""Names and addresses that are remembered; of more the oldest are forgotten."""


class Throttle:
    """Counts what happened lately.

    Args:
        most: how often it may happen.
        seconds: within which time.
        clock: gives a time that only goes forward, in seconds.
    """

    def __init__(self, most: int, seconds: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._times: OrderedDict[Hashable, deque[float]] = OrderedDict()

    def wait(self, key: Hashable) -> int:
        """How many seconds are to be waited for the next time; 0 for none."""
        with self._lock:
            times = self._recent(key)
            if len(times) < self._most:
                return 0
            return max(1, math.ceil(times[0] + self._seconds - self._clock()))

    def note(self, key: Hashable) -> None:
        """Count one time."""
        with self._lock:
            times = self._recent(key)
            times.append(self._clock())
            if len(times) > self._most:
                times.popleft()
            self._times[key] = times
            self._times.move_to_end(key)
            while len(self._times) > _KEYS:
                self._times.popitem(last=False)

    def take(self, key: Hashable) -> int:
        """Count one time if there is room; else how many seconds are to be waited."""
        seconds = self.wait(key)
        if not seconds:
            self.note(key)
        return seconds

    def forget(self, key: Hashable) -> None:
        """Begin again for a name or an address."""
        with self._lock:
            self._times.pop(key, None)

    def _recent(self, key: Hashable) -> deque[float]:
        times = self._times.get(key)
        if times is None:
            return deque()
        over = self._clock() - self._seconds
        while times and times[0] <= over:
            times.popleft()
        return times

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cvatd.throttle import Throttle


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_so_often_within_a_time() -> None:
    clock = Clock()
    throttle = Throttle(2, 60, clock=clock)
    assert [throttle.take("a"), throttle.take("a")] == [0, 0]
    clock.now += 10.5
    assert throttle.take("a") == 50
    assert throttle.take("b") == 0
    clock.now += 49.5
    assert throttle.take("a") == 0
    throttle.note("a")
    assert throttle.wait("a") == 60
    throttle.forget("a")
    assert throttle.wait("a") == 0


@given(st.lists(st.floats(0, 30, allow_nan=False), max_size=60), st.integers(1, 5))
def test_never_more_often(steps: list[float], most: int) -> None:
    clock = Clock()
    throttle = Throttle(most, 20, clock=clock)
    taken: list[float] = []
    for step in steps:
        clock.now += step
        before = clock.now
        seconds = throttle.take("x")
        if seconds == 0:
            taken.append(before)
        else:
            clock.now = before + seconds
            assert throttle.wait("x") == 0
    for start in taken:
        assert sum(start <= time < start + 20 for time in taken) <= most


def test_it_forgets_the_oldest_of_very_many() -> None:
    throttle = Throttle(1, 1e9)
    for number in range(10_001):
        throttle.note(number)
    assert throttle.wait(0) == 0
    assert throttle.wait(10_000) > 0

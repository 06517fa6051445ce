"""Steps and jumps, and what is read ahead of steps."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.media.video.index import KeyFrame, VideoIndex
from cvatcore.media.video.shares import share_of
from cvatcore.media.video.steps import AHEAD, Steps, wanted_next

LENGTH = 200
GROUP = 40
INDEX = VideoIndex(
    width=64,
    height=48,
    quarter_turns=0,
    length=LENGTH,
    keyframes=tuple(KeyFrame(number, number, number, number, GROUP, 1) for number in range(0, LENGTH, GROUP)),
)
SHARE = share_of(3 * 28, 1)


@pytest.mark.parametrize("step", [1, 3, 7, 16, -1, -2, -16])
def test_who_steps_is_known_after_two_steps_and_by_short_ones_at_once(step: int) -> None:
    steps = Steps()
    found = [steps.step_to(100 + place * step) for place in range(5)]
    assert found[2:] == [step] * 3
    assert found[:2] == [0, step if abs(step) <= 3 else 0]


def test_jumps_are_seldom_taken_for_steps() -> None:
    steps, chance = Steps(), random.Random(1)
    assert sum(steps.step_to(chance.randrange(480)) != 0 for _ in range(1000)) < 200


@given(number=st.integers(0, LENGTH - 1), kept=st.sets(st.integers(0, LENGTH - 1)))
def test_what_is_wanted_forwards_is_soon_asked_for_and_comes_before_the_next_keyframe(
    number: int, kept: set[int]
) -> None:
    wanted = wanted_next(number, 1, INDEX, SHARE, has=kept.__contains__)
    if wanted is not None:
        assert number <= wanted <= min(number + AHEAD, LENGTH - 1)
        start = INDEX.start_of(wanted)
        assert start <= number + 1 or start - 1 in kept


@given(number=st.integers(0, LENGTH - 1), kept=st.sets(st.integers(0, LENGTH - 1)))
def test_what_is_wanted_backwards_is_the_nearest_that_is_missing(number: int, kept: set[int]) -> None:
    wanted = wanted_next(number, -1, INDEX, SHARE, has=kept.__contains__)
    if wanted is not None:
        assert wanted not in kept
        assert set(range(wanted + 1, number)) <= kept


def test_nothing_is_read_ahead_where_only_one_frame_has_room() -> None:
    assert wanted_next(5, 1, INDEX, share_of(1, 1), has=lambda _: False) is None

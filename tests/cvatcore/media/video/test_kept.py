"""Kept frames: each decoder has an account, and a frame is in one of them."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cvatcore.media.video.kept import KeptFrames

MOST = 10

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.integers(0, 5), st.integers(1, 12), st.integers(0, 2)),
        st.tuples(st.just("get"), st.integers(0, 5)),
        st.tuples(st.just("owner"), st.integers(0, 2)),
        st.tuples(st.just("video")),
    ),
    max_size=40,
)


@given(steps=STEPS)
def test_no_account_is_over_its_limit_and_the_newest_frame_is_there(steps: list[tuple[Any, ...]]) -> None:
    kept = KeptFrames()
    held: dict[int, list[tuple[int, object, int]]] = {0: [], 1: [], 2: []}
    for step in steps:
        match step:
            case ("put", number, size, owner):
                frame: Any = object()
                kept.put((7, number), frame, size, owner=owner, most=MOST)
                for other in held:
                    held[other] = [entry for entry in held[other] if entry[0] != number]
                held[owner].append((number, frame, size))
                while sum(entry[2] for entry in held[owner]) > MOST and len(held[owner]) > 1:
                    del held[owner][0]
            case ("get", number):
                kept.get((7, number))
                for entries in held.values():
                    entries.sort(key=lambda entry: entry[0] == number)  # It was used last.
            case ("owner", owner):
                kept.drop_owner(owner)
                held[owner] = []
            case _:
                kept.drop_video(7)
                held = {0: [], 1: [], 2: []}
        assert kept.size == sum(entry[2] for entries in held.values() for entry in entries)
    expected = {number: frame for entries in held.values() for number, frame, _ in entries}
    assert {number: kept.get((7, number)) for number in expected} == expected
    assert all(kept.get((7, number)) is None for number in set(range(6)) - set(expected))
    assert kept.get((8, 0)) is None

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.edit import RangeRemoval, apply_change, remove_range
from cvatcore.errors import InvalidInput
from cvatcore.schema import Annotations, Keyframe, Shape, Track
from kit.documents import STOP, documents, looks, seen

ranges = st.tuples(st.integers(0, STOP), st.integers(0, STOP)).map(lambda pair: (min(pair), max(pair)))


def removed(document: Annotations, first: int, last: int, tracks: RangeRemoval = "cut") -> Annotations:
    return apply_change(document, remove_range(document, first=first, last=last, stop=STOP, tracks=tracks))


def outside(shown: dict[int, Shape], first: int, last: int) -> dict[int, object]:
    return {frame: looks(shape) for frame, shape in shown.items() if not first <= frame <= last}


@given(documents(), ranges)
def test_nothing_is_seen_in_the_range_and_all_as_before_outside(document: Annotations, span: tuple[int, int]) -> None:
    first, last = span
    after = removed(document, first, last)
    kept = [shape for shape in document.shapes if not first <= shape.frame <= last]
    assert list(after.shapes) == kept
    now = {track.id: seen(track) for track in after.tracks}
    for track in document.tracks:
        shown = now.get(track.id, {})
        assert not any(first <= frame <= last for frame in shown)
        assert outside(shown, first, last) == outside(seen(track), first, last)


@given(documents(), ranges)
def test_without_keyframes_all_is_as_before_outside_of_the_range(document: Annotations, span: tuple[int, int]) -> None:
    first, last = span
    after = removed(document, first, last, "keyframes")
    now = {track.id: track for track in after.tracks}
    for track in document.tracks:
        shown = seen(now[track.id]) if track.id in now else {}
        assert outside(shown, first, last) == outside(seen(track), first, last)
        if track.id in now and track.keyframes and track.keyframes[0].frame < first:
            assert not any(first <= keyframe.frame <= last for keyframe in now[track.id].keyframes)


@given(documents(), ranges)
def test_whole_tracks_go_where_they_are_seen_in_the_range(document: Annotations, span: tuple[int, int]) -> None:
    first, last = span
    after = removed(document, first, last, "whole")
    assert list(after.tracks) == [
        track for track in document.tracks if not any(first <= frame <= last for frame in seen(track))
    ]


def key(frame: int, x: float, **given: object) -> Keyframe:
    return Keyframe(frame=frame, track=1, type="rectangle", points=(x, 0.0, x + 9, 9.0), **given)  # type: ignore[arg-type]  # any field


def car(*keyframes: Keyframe) -> Annotations:
    return Annotations(tracks=(Track(id=1, label="car", frame=keyframes[0].frame, keyframes=keyframes),))


def test_a_track_that_goes_through_leaves_and_comes_back() -> None:
    (track,) = removed(car(key(0, 0.0, attributes={"a": "y"}), key(20, 20.0)), 5, 9).tracks
    assert [(k.frame, k.points[0], k.outside) for k in track.keyframes] == [
        (0, 0.0, False),
        (5, 5.0, True),
        (10, 10.0, False),
        (20, 20.0, False),
    ]


def test_keyframes_at_the_borders_come_only_where_they_are_needed() -> None:
    straight = car(key(0, 0.0), key(6, 6.0), key(20, 20.0))
    assert [k.frame for k in removed(straight, 5, 9, "keyframes").tracks[0].keyframes] == [0, 20]
    bent = car(key(0, 0.0), key(6, 60.0), key(20, 20.0))
    (track,) = removed(bent, 5, 9, "keyframes").tracks
    assert [(k.frame, round(k.points[0])) for k in track.keyframes] == [(0, 0), (4, 40), (10, 49), (20, 20)]


def test_only_the_objects_given() -> None:
    document = Annotations(shapes=tuple(Shape(frame=3, id=number, type="tag", label="car") for number in (1, 2)))
    change = remove_range(document, first=0, last=9, stop=STOP, numbers=[2])
    assert change.delete == {2}


@pytest.mark.parametrize(("first", "last"), [(3, 2), (-1, 4)])
def test_a_range_without_frames_is_refused(first: int, last: int) -> None:
    with pytest.raises(InvalidInput, match="has no frame"):
        removed(Annotations(), first, last)

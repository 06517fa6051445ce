from __future__ import annotations

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.edit import apply_change, resample_tracks, thin_tracks
from cvatcore.errors import InvalidInput
from cvatcore.schema import Annotations, Keyframe, Track
from cvatcore.tracks import keyframe_numbers
from kit.documents import looks, seen
from kit.moving import moving_tracks


def thinned(track: Track, tolerance: float) -> Track:
    document = Annotations(tracks=(track,))
    return apply_change(document, thin_tracks(document, [track.id], tolerance=tolerance)).tracks[0]


def resampled(track: Track, every: int) -> Track:
    document = Annotations(tracks=(track,))
    return apply_change(document, resample_tracks(document, [track.id], every=every)).tracks[0]


@given(moving_tracks())
def test_thinning_without_tolerance_keeps_all_that_is_seen(track: Track) -> None:
    after = thinned(track, 0)
    assert set(keyframe_numbers(after)) <= set(keyframe_numbers(track))
    assert {frame: looks(shape) for frame, shape in seen(after).items()} == {
        frame: looks(shape) for frame, shape in seen(track).items()
    }


@given(moving_tracks())
def test_a_keyframe_on_every_frame_changes_nothing_and_thinning_takes_it_back(track: Track) -> None:
    dense = resampled(track, 1)
    assert {frame: looks(shape) for frame, shape in seen(dense).items()} == {
        frame: looks(shape) for frame, shape in seen(track).items()
    }
    if not track.elements and track.keyframes[0].type in {"rectangle", "ellipse", "cuboid", "mask"}:
        assert len(thinned(dense, 0).keyframes) <= len(track.keyframes)


@given(
    moving_tracks(kind="rectangle") | moving_tracks(kind="ellipse") | moving_tracks(kind="cuboid"), st.floats(0, 500)
)
def test_nothing_is_further_away_than_the_tolerance(track: Track, tolerance: float) -> None:
    before, after = seen(track), seen(thinned(track, tolerance))
    assert before.keys() == after.keys()
    for frame, shape in before.items():
        off = max(abs(one - other) for one, other in zip(shape.points, after[frame].points, strict=True))
        assert off <= tolerance + 1e-5
        assert looks(msgspec.structs.replace(after[frame], points=shape.points, rotation=shape.rotation)) == looks(
            shape
        )


@given(moving_tracks(), st.integers(1, 9))
def test_flags_and_attributes_are_kept_and_keyframes_are_on_the_grid(track: Track, every: int) -> None:
    after = resampled(track, every)
    before = seen(track)
    shown = seen(after)
    assert shown.keys() == before.keys()
    for frame, shape in before.items():
        one, other = looks(shown[frame]), looks(shape)
        assert one[4:7] == other[4:7]
        if not (frame - track.frame) % every and frame <= max(keyframe_numbers(track)) and not track.elements:
            assert one == other


def box(frame: int, x: float, **given: object) -> Keyframe:
    return Keyframe(frame=frame, track=1, type="rectangle", points=(x, 0.0, x + 6, 8.0), **given)  # type: ignore[arg-type]  # any field


def car(*keyframes: Keyframe) -> Track:
    return Track(id=1, label="car", frame=keyframes[0].frame, keyframes=keyframes)


def test_every_so_many_frames() -> None:
    track = resampled(car(box(2, 0.0), box(5, 3.0), box(13, 11.0, occluded=True), box(20, 18.0)), 5)
    assert [(key.frame, key.points[0]) for key in track.keyframes] == [
        (2, 0.0),
        (7, 5.0),
        (12, 10.0),
        (13, 11.0),
        (17, 15.0),
        (20, 18.0),
    ]


def test_what_lies_on_the_way_goes() -> None:
    track = car(*(box(frame, float(frame)) for frame in range(0, 21)), box(30, 20.0), box(40, 20.0))
    assert [key.frame for key in thinned(track, 0).keyframes] == [0, 20]
    bump = car(box(0, 0.0), box(5, 6.5), box(10, 10.0))
    assert [key.frame for key in thinned(bump, 1.4).keyframes] == [0, 5, 10]
    assert [key.frame for key in thinned(bump, 1.6).keyframes] == [0, 10]


def test_a_rotation_counts_by_how_far_it_moves_a_corner() -> None:
    track = car(box(0, 0.0), box(5, 0.0, rotation=12.0), box(10, 0.0, rotation=20.0))
    off = math.radians(2) * 5
    assert [key.frame for key in thinned(track, off - 0.01).keyframes] == [0, 5, 10]
    assert [key.frame for key in thinned(track, off + 0.01).keyframes] == [0, 10]


def test_the_shorter_way_round_is_compared() -> None:
    track = car(box(0, 0.0, rotation=350.0), box(5, 0.0), box(10, 0.0, rotation=10.0))
    assert [key.frame for key in thinned(track, 0).keyframes] == [0, 10]


@pytest.mark.parametrize("wrong", [-1.0, math.nan, math.inf])
def test_senseless_tolerances_are_refused(wrong: float) -> None:
    with pytest.raises(InvalidInput, match="tolerance"):
        thinned(car(box(0, 0.0)), wrong)


def test_no_step_is_refused() -> None:
    with pytest.raises(InvalidInput, match="every 0 frames"):
        resampled(car(box(0, 0.0)), 0)

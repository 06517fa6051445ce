"""Counting objects: by hand, and against a count frame by frame."""

from pathlib import Path

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.schema import Annotations, Keyframe, Label, Shape, Track
from cvatcore.tracks import track_shapes
from cvatcore.workspace.statistics import count_objects, job_statistics, total_by_label
from kit.annotated import annotated, box, put

LABELS = (Label(id=1, name="car", color="#ff0000", aliases=("auto",)), Label(id=2, name="person", color="#0000ff"))
STOP = 30


def rectangle(frame: int, track: int, *, outside: bool = False) -> Keyframe:
    return Keyframe(frame=frame, track=track, type="rectangle", points=(0.0, 0.0, 5.0, 5.0), outside=outside)


def test_by_hand() -> None:
    shapes = (
        box(1, 0),
        box(2, 4, label="auto"),
        Shape(frame=4, id=3, type="tag", label="person"),
    )
    track = Track(
        id=9, label="car", frame=2, keyframes=(rectangle(2, 9), rectangle(6, 9), rectangle(20, 9, outside=True))
    )
    found, frames = count_objects(Annotations(shapes=shapes, tracks=(track,)), labels=LABELS, stop=STOP)
    car, person = found
    assert (car.label, car.shapes, car.tracks) == ("car", {"rectangle": 2}, {"rectangle": 1})
    assert (car.keyframes, car.interpolated, car.objects, car.manual) == (2, 3 + 13, 3, 4)
    assert car.total == 20
    assert (person.label, person.shapes, person.total) == ("person", {"tag": 1}, 1)
    assert frames == 5


@st.composite
def tracks(draw: st.DrawFn) -> Track:
    number = draw(st.integers(1, 1000))
    frames = draw(st.lists(st.integers(0, STOP), min_size=1, max_size=6, unique=True).map(sorted))
    keys = tuple(rectangle(frame, number, outside=draw(st.booleans())) for frame in frames)
    return Track(id=number, label="car", frame=frames[0], keyframes=keys)


@st.composite
def skeletons(draw: st.DrawFn) -> Track:
    joints = tuple(
        msgspec.structs.replace(draw(tracks()), id=number, label=f"joint {number}")
        for number in range(1001, draw(st.integers(1003, 1005)))
    )
    own = draw(tracks())
    return msgspec.structs.replace(own, elements=joints, keyframes=own.keyframes if draw(st.booleans()) else ())


@given(tracks() | skeletons())
def test_what_is_seen_is_counted(track: Track) -> None:
    (one,), _ = count_objects(Annotations(tracks=(track,)), labels=LABELS, stop=STOP)
    shown = track_shapes(track, stop=STOP)
    assert (one.total, one.keyframes) == (len(shown), sum(item.keyframe for item in shown))


def test_jobs_and_their_sum(tmp_path: Path) -> None:
    with annotated(tmp_path, segment_size=50) as workspace:
        put(workspace.job(1), box(1, 0), box(2, 0, label="person"))
        put(workspace.job(2), box(3, 60))
        first, second = (job_statistics(job) for job in workspace.tasks["street"].jobs)
        assert (first.objects, first.annotated_frames, first.frames) == (2, 1, 50)
        assert (second.objects, second.start, second.stop) == (1, 50, 99)
        assert [(one.label, one.objects) for one in total_by_label((first, second))] == [("car", 2), ("person", 1)]

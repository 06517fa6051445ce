from pathlib import Path

from cvatcore import ChangeSet, Keyframe, Track
from kit.annotated import annotated, box


def test_what_is_seen_on_a_frame(tmp_path: Path) -> None:
    with annotated(tmp_path) as workspace:
        job = workspace.job(1)
        ends = [
            Keyframe(frame=10, track=7, type="rectangle", points=(0.0, 0.0, 10.0, 10.0)),
            Keyframe(frame=20, track=7, type="rectangle", points=(10.0, 0.0, 20.0, 10.0)),
            Keyframe(frame=30, track=7, type="rectangle", points=(10.0, 0.0, 20.0, 10.0), outside=True),
        ]
        job.apply(ChangeSet(shapes=(box(1, 10), box(2, 15)), tracks=(Track(id=7, label="car", keyframes=tuple(ends)),)))
        assert [(shape.id, shape.points[0]) for shape in job.shapes_on(15)] == [(2, 1.0), (7, 5.0)]
        assert [shape.id for shape in job.shapes_on(10)] == [1, 7]
        assert job.shapes_on(40) == []
        job.apply(ChangeSet(delete=frozenset({7})))
        assert job.shapes_on(15) == [box(2, 15)]

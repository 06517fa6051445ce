"""Tracks of CVAT's XML for videos, as `CVAT 1.1` reads them."""

from pathlib import Path
from typing import Any

import pytest

from cvatcore import TaskView, Workspace
from kit.cvat_xml import KEY, TRACK, exported, import_text
from kit.format_case import LABELS
from kit.tasks import all_shapes, all_tracks, film, labels, make_task, new_workspace, numbered_pictures


@pytest.fixture
def ws(tmp_path: Path) -> Any:
    with new_workspace(tmp_path / "w") as workspace:
        yield workspace


@pytest.fixture
def task(ws: Workspace) -> TaskView:
    return make_task(ws, numbered_pictures(3), labels=labels("car"))


VIDEO = """
<track id="0" label="car" source="manual" group_id="2">
  <box frame="1" keyframe="1" outside="0" occluded="0" xtl="0.00" ytl="0.00" xbr="10.00" ybr="10.00" z_order="3">
    <attribute name="paint">dark green</attribute><attribute name="parked">true</attribute>
  </box>
  <box frame="2" keyframe="0" outside="0" occluded="0" xtl="5.00" ytl="0.00" xbr="15.00" ybr="10.00" z_order="3">
    <attribute name="paint">dark green</attribute><attribute name="parked">true</attribute>
  </box>
  <box frame="3" keyframe="1" outside="1" occluded="1" xtl="10.00" ytl="0.00" xbr="20.00" ybr="10.00" z_order="3">
    <attribute name="paint">dark green</attribute><attribute name="parked">false</attribute>
  </box>
</track>
<track id="1" label="pose">
  <skeleton frame="0" keyframe="1" z_order="0">
    <points label="head" keyframe="1" outside="0" occluded="0" points="1.00,2.00"></points>
    <points label="tail" keyframe="1" outside="0" occluded="1" points="3.00,4.00"></points>
  </skeleton>
  <skeleton frame="2" keyframe="1" z_order="0">
    <points label="head" keyframe="1" outside="0" occluded="0" points="5.00,2.00"></points>
    <points label="tail" keyframe="0" outside="0" occluded="0" points="3.00,4.00"></points>
  </skeleton>
</track>
<track id="2" label="car">
  <mask frame="2" keyframe="1" outside="0" occluded="0" rle="0, 4" left="3" top="4" width="2" height="2" z_order="0"/>
  <mask frame="3" keyframe="1" outside="1" occluded="0" rle="0, 4" left="3" top="4" width="2" height="2" z_order="0"/>
</track>
"""


def test_tracks_of_a_video(ws: Workspace, tmp_path: Path) -> None:
    task = make_task(ws, film(6), labels=LABELS)
    report = import_text(task, tmp_path, VIDEO)
    assert (report.objects, report.written, report.saved) == (3, 3, 3)
    assert report.lost == ()
    car, pose = all_tracks(task)
    assert (car.group, car.frame, car.attributes) == (2, 1, {"paint": "dark green"})
    assert [(k.frame, k.points[0], k.outside, k.z_order, k.attributes) for k in car.keyframes] == [
        (1, 0, False, 3, {"parked": "true"}),
        (3, 10, True, 3, {"parked": "false"}),
    ]
    assert [(k.frame, k.type) for k in pose.keyframes] == [(0, "skeleton"), (2, "skeleton")]
    head, tail = pose.elements
    assert [(k.frame, k.points) for k in head.keyframes] == [(0, (1, 2)), (2, (5, 2))]
    assert [(k.frame, k.points, k.occluded) for k in tail.keyframes] == [(0, (3, 4), True)]
    (mask,) = all_shapes(task)
    assert (mask.type, mask.frame, mask.points) == ("mask", 2, (0, 4, 3, 4, 4, 5))
    ids = [pose.id, car.id, mask.id, head.id, tail.id]
    assert len(set(ids)) == 5
    back = exported(task, tmp_path, "cvat-images")
    joints = {
        image.get("name"): [joint.get("points") for joint in image.findall("skeleton/points")]
        for image in back.findall("image")
    }
    assert joints["frame_000001"] == ["3.00,2.00", "3.00,4.00"]


def test_a_video_in_jobs(ws: Workspace, tmp_path: Path) -> None:
    task = make_task(ws, film(6), labels=LABELS, segment_size=3)
    report = import_text(task, tmp_path, VIDEO)
    assert (report.objects, report.written) == (3, 3)
    first, second = (job.annotations for job in task.jobs)
    # The car is gone from frame 3 on; the pose goes on, and its head had stopped at frame 2.
    assert [track.label for track in first.tracks] == ["car", "pose"]
    assert [track.label for track in second.tracks] == ["pose"]
    head = second.tracks[0].elements[0]
    assert [(k.frame, k.points) for k in head.keyframes] == [(3, (5, 2))]
    # On the last frame of the first job the car is halfway on its way out.
    assert [(k.frame, k.points[0]) for k in first.tracks[0].keyframes] == [(1, 0), (2, 5)]


def test_what_is_between_keyframes_is_passed_over(task: TaskView, tmp_path: Path) -> None:
    between = '<box frame="1" keyframe="0" outside="0" occluded="x" xtl="far" z_order="top"/>'
    import_text(task, tmp_path, TRACK.format(KEY + between))
    (track,) = all_tracks(task)
    assert [keyframe.frame for keyframe in track.keyframes] == [0]


def test_what_keyframes_do_not_lead_to_is_one(ws: Workspace, tmp_path: Path) -> None:
    """Some programs write tracks without a keyframe, or show what was outside without one."""
    task = make_task(ws, film(9), labels=LABELS)

    def row(frame: int, key: int, outside: int) -> str:
        flags = f'frame="{frame}" keyframe="{key}" outside="{outside}"'
        return KEY.replace('frame="0" keyframe="1" outside="0"', flags)

    shown = [(0, 0, 0), (1, 0, 0), (2, 1, 1), (5, 0, 0), (6, 0, 0), (7, 0, 1)]
    import_text(task, tmp_path, TRACK.format("".join(row(*flags) for flags in shown)))
    (track,) = all_tracks(task)
    assert [(keyframe.frame, keyframe.outside) for keyframe in track.keyframes] == [(0, False), (2, True), (5, False)]


def test_of_two_on_one_frame_the_later_keyframe_counts(ws: Workspace, tmp_path: Path) -> None:
    task = make_task(ws, film(9), labels=LABELS)
    twice = [KEY, KEY.replace('xtl="1"', 'xtl="2"'), KEY.replace('keyframe="1"', 'keyframe="0"')]
    import_text(task, tmp_path, TRACK.format("".join(twice)))
    (track,) = all_tracks(task)
    assert [keyframe.points[0] for keyframe in track.keyframes] == [2]


MASK = '<mask frame="{}" keyframe="{}" outside="{}" occluded="0" rle="0, 4" left="{}" top="4" width="2" height="2"/>'


def test_a_mask_on_several_frames_stays_a_track(ws: Workspace, tmp_path: Path) -> None:
    task = make_task(ws, film(9), labels=LABELS)
    rows = [(1, 1, 0, 3), (2, 0, 0, 3), (3, 1, 0, 5), (4, 1, 1, 5)]
    import_text(task, tmp_path, TRACK.format("".join(MASK.format(*row) for row in rows)))
    (track,) = all_tracks(task)
    assert all_shapes(task) == []
    found = [(keyframe.frame, keyframe.points[-4], keyframe.outside) for keyframe in track.keyframes]
    assert found == [(1, 3, False), (3, 5, False), (4, 5, True)]


@pytest.mark.parametrize(
    "rows", [[(8, 1, 0, 3)], [(2, 1, 0, 3), (3, 1, 1, 3)], [(1, 1, 1, 9), (2, 1, 0, 3), (3, 1, 1, 3)]]
)
def test_a_mask_on_one_frame_is_a_shape(ws: Workspace, tmp_path: Path, rows: list[tuple[int, ...]]) -> None:
    task = make_task(ws, film(9), labels=LABELS)
    import_text(task, tmp_path, TRACK.format("".join(MASK.format(*row) for row in rows)))
    assert all_tracks(task) == []
    (shape,) = all_shapes(task)
    assert (shape.type, shape.points) == ("mask", (0, 4, 3, 4, 4, 5))


def test_there_are_no_tracks_of_tags(task: TaskView, tmp_path: Path) -> None:
    report = import_text(task, tmp_path, TRACK.format('<tag frame="0" keyframe="1"/>'))
    assert [(loss.kind, loss.reason) for loss in report.lost] == [("track", "without a shape")]

"""`CVAT for video 1.1`: whole tracks, and shapes as tracks of one frame."""

import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest
from hypothesis import given, settings

from cvatcore import JobView, Keyframe, Shape, TaskView, Track, Workspace
from cvatcore.geometry.interpolation import CURVES
from cvatcore.schema import SHAPE_TYPES, Element
from cvatcore.tracks import is_hidden, keyframes_of, track_shapes
from cvatformats import counts_agree, export_task, import_task
from kit.cvat_xml import exported
from kit.drawn import LABELS as DRAWN
from kit.drawn import drawn_shapes, drawn_tracks, facts, joint_facts
from kit.format_case import LABELS, ONE_OF_EACH, FormatCase
from kit.samples import photo
from kit.tasks import all_shapes, all_tracks, fill, film, make_task, new_workspace

LAST = 11


class TestConformance(FormatCase):
    export_key = "cvat-video"
    import_key = "cvat"
    round_trips = frozenset(SHAPE_TYPES) - {"tag"}  # type: ignore[assignment]  # its members are those of the Literal
    details = frozenset(["group", "z-order", "source"])
    annotation_file = "annotations.xml"
    # Tracks name frames by number.
    missing_frame = "frame 1 is not in the task"

    def found(self, owner: TaskView | JobView) -> list[Shape]:
        """Shapes have become tracks; only masks are shapes again."""
        jobs = owner.jobs if isinstance(owner, TaskView) else [owner]
        shapes = [shape for job in jobs for item in objects_of(job) for shape in shown(item, job.document.stop)]
        kinds = [shape.type for shape in ONE_OF_EACH]
        return sorted(shapes, key=lambda shape: (shape.frame, kinds.index(shape.type)))

    def frames_with(self, shapes: Iterable[Shape]) -> set[int]:
        """The keyframes that end tracks count."""
        return {frame for shape in shapes for frame in (shape.frame, shape.frame + 1)}


def objects_of(*jobs: JobView) -> list[Track | Shape]:
    """Tracks first, as they are written."""
    items: list[Track | Shape] = [track for job in jobs for track in job.annotations.tracks]
    return items + [shape for job in jobs for shape in job.annotations.shapes]


def shown(item: Shape | Track, last: int = LAST) -> list[Shape]:
    """Where an object is seen, by frame; a skeleton none of whose joints has begun is not."""
    if isinstance(item, Shape):
        return [] if is_hidden(item) else [item]
    shapes = [tracked.shape for tracked in track_shapes(item, stop=last)]
    return [shape for shape in shapes if shape.elements or shape.type != "skeleton"]


@pytest.fixture
def ws(tmp_path: Path) -> Any:
    with new_workspace(tmp_path / "w") as workspace:
        yield workspace


@pytest.fixture
def task(ws: Workspace) -> TaskView:
    return make_task(ws, film(LAST + 1), labels=LABELS)


def put(task: TaskView, *, shapes: Sequence[Shape] = (), tracks: Sequence[Track] = ()) -> None:
    fill(task, shapes=shapes, tracks=[own_keyframes(track) for track in tracks])


def own_keyframes(track: Track) -> Track:
    """The track, whose id all its keyframes have."""
    keyframes = tuple(msgspec.structs.replace(keyframe, track=track.id) for keyframe in track.keyframes)
    elements = tuple(own_keyframes(element) for element in track.elements)
    return msgspec.structs.replace(track, keyframes=keyframes, elements=elements)


def rows(track: ElementTree.Element, *names: str) -> list[tuple[str | None, ...]]:
    return [tuple(child.get(name) for name in names) for child in track]


def box(frame: int, x: float, **fields: Any) -> Keyframe:
    return Keyframe(frame=frame, track=1, type="rectangle", points=(x, 0, x + 10, 10), **fields)


def test_a_track_is_written_on_each_frame_where_it_is_seen(task: TaskView, tmp_path: Path) -> None:
    keyframes = (
        box(1, 0, z_order=2, attributes={"parked": "false"}),
        box(3, 1, occluded=True, attributes={"parked": "true"}),
        box(4, 5, outside=True),
        box(LAST, 0, rotation=350),
    )
    track = Track(id=1, label="car", group=7, source="semi-auto", attributes={"doors": "2"}, keyframes=keyframes)
    put(task, tracks=[track])
    (written,) = exported(task, tmp_path, "cvat-video").findall("track")
    assert written.attrib == {"id": "0", "label": "car", "source": "semi-auto", "group_id": "7"}
    assert rows(written, "frame", "keyframe", "outside", "occluded", "xtl", "rotation", "z_order") == [
        ("1", "1", "0", "0", "0.00", None, "2"),
        ("2", "0", "0", "0", "0.50", None, "2"),
        ("3", "1", "0", "1", "1.00", None, "0"),
        ("4", "1", "1", "0", "5.00", None, "0"),
        ("11", "1", "0", "0", "0.00", "350.00", "0"),
    ]
    # Immutable attributes too are at every frame.
    values = [[attribute.text for attribute in child] for child in written]
    assert values[0] == values[1] == ["red", "false", "2"]
    assert values[2] == values[3] == values[4] == ["red", "true", "2"]


def test_only_what_lies_between_keyframes_is_rounded(task: TaskView, tmp_path: Path) -> None:
    third = 1 / 3
    put(task, tracks=[Track(id=1, label="car", keyframes=(box(0, third), box(3, 10 + third)))])
    (written,) = exported(task, tmp_path, "cvat-video").findall("track")
    assert [row[0] for row in rows(written, "xtl")][:4] == [repr(third), "3.67", "7.00", repr(10 + third)]
    # It stays to the end of the film.
    assert len(written) == LAST + 1


def test_rotation_and_percent_signs(task: TaskView, tmp_path: Path) -> None:
    values = {"parked": "100 %d %% <&>"}
    keyframes = (box(0, 0, rotation=350, attributes=values), box(4, 2, rotation=10))
    put(task, tracks=[Track(id=1, label="car", keyframes=keyframes)])
    (written,) = exported(task, tmp_path, "cvat-video").findall("track")
    assert [row[0] for row in rows(written, "rotation")][:5] == ["350.00", "355.00", "0.00", "5.00", "10.00"]
    assert {child.findtext("attribute[2]") for child in written} == {values["parked"]}


def test_a_shape_ends_on_the_next_frame_that_is_there(ws: Workspace, tmp_path: Path) -> None:
    task = make_task(ws, film(6), labels=LABELS, deleted_frames=(2, 3))
    shapes = [
        Shape(frame=frame, id=frame + 1, type="rectangle", label="car", points=(0, 0, 9, 9)) for frame in (0, 1, 2, 5)
    ]
    put(task, shapes=shapes)
    written = exported(task, tmp_path, "cvat-video").findall("track")
    found = [rows(track, "frame", "keyframe", "outside") for track in written]
    assert found == [
        [("0", "1", "0"), ("1", "1", "1")],
        [("1", "1", "0"), ("4", "1", "1")],
        [("5", "1", "0")],
    ]
    assert [track.get("id") for track in written] == ["0", "1", "2"]


def test_tracks_come_first(task: TaskView, tmp_path: Path) -> None:
    put(
        task,
        shapes=[Shape(frame=0, id=1, type="polygon", label="car", points=(0, 0, 1, 0, 1, 1))],
        tracks=[Track(id=2, label="car", keyframes=(box(5, 0),))],
    )
    assert [track[0].tag for track in exported(task, tmp_path, "cvat-video").findall("track")] == ["box", "polygon"]


def test_what_is_not_seen_is_counted(ws: Workspace, tmp_path: Path) -> None:
    task = make_task(ws, film(6), labels=LABELS, deleted_frames=(2,))
    put(
        task,
        shapes=[
            Shape(frame=0, id=1, type="rectangle", label="car", points=(0, 0, 1, 1), outside=True),
            Shape(frame=2, id=2, type="rectangle", label="car", points=(0, 0, 1, 1)),
            Shape(frame=3, id=3, type="tag", label="car"),
            Shape(frame=3, id=4, type="rectangle", label="car", points=(0, 0, 1, 1)),
        ],
        tracks=[
            Track(id=5, label="car", keyframes=(box(0, 0, outside=True),)),
            Track(id=6, label="car", keyframes=(box(2, 0), box(3, 0, outside=True))),
        ],
    )
    report = export_task(task, "cvat-video", tmp_path / "out.zip")
    assert (report.objects, report.written, report.entries) == (6, 1, 1)
    assert counts_agree(report)
    assert {str(loss) for loss in report.lost} == {
        "1 rectangle: not seen on any frame",
        "1 rectangle: on a deleted frame",
        "1 tag: CVAT for video 1.1 does not hold them",
        "2 rectangle tracks: not seen on any frame",
        "1 shape: written as a track of one frame",
    }


def point(frame: int, x: float, **fields: Any) -> Keyframe:
    return Keyframe(frame=frame, track=2, type="points", points=(x, 0), **fields)


def posed(*own: Keyframe, **joints: Sequence[Keyframe]) -> Track:
    elements = tuple(
        Track(id=2 + number, label=name, keyframes=tuple(keyframes))
        for number, (name, keyframes) in enumerate(joints.items())
    )
    return Track(id=1, label="pose", keyframes=own, elements=elements)


def skeleton(frame: int, **fields: Any) -> Keyframe:
    return Keyframe(frame=frame, track=1, type="skeleton", **fields)


def test_joints_have_keyframes_of_their_own(task: TaskView, tmp_path: Path) -> None:
    head = [point(0, 0), point(2, 2), point(4, 4, outside=True)]
    tail = [point(1, 5, occluded=True), point(4, 5, outside=True)]
    put(task, tracks=[posed(skeleton(0), skeleton(4, z_order=1), head=head, tail=tail)])
    (written,) = exported(task, tmp_path, "cvat-video").findall("track")
    assert rows(written, "frame", "keyframe", "outside", "z_order") == [
        ("0", "1", None, "0"),
        ("1", "0", None, "0"),
        ("2", "0", None, "0"),
        ("3", "0", None, "0"),
        ("4", "1", None, "1"),
    ]
    found = [rows(child, "label", "keyframe", "outside", "occluded", "points") for child in written]
    assert found == [
        [("head", "1", "0", "0", "0.00,0.00")],
        [("head", "0", "0", "0", "1.00,0.00"), ("tail", "1", "0", "1", "5.00,0.00")],
        [("head", "1", "0", "0", "2.00,0.00"), ("tail", "0", "0", "1", "5.00,0.00")],
        [("head", "0", "0", "0", "3.00,0.00"), ("tail", "0", "0", "1", "5.00,0.00")],
        [("head", "1", "1", "0", "4.00,0.00"), ("tail", "1", "1", "0", "5.00,0.00")],
    ]


def test_joints_are_outside_where_their_skeleton_is(task: TaskView, tmp_path: Path) -> None:
    put(task, tracks=[posed(skeleton(0), skeleton(2, outside=True), skeleton(5), head=[point(0, 0), point(10, 10)])])
    (written,) = exported(task, tmp_path, "cvat-video").findall("track")
    assert rows(written, "frame", "keyframe", "outside")[:5] == [
        ("0", "1", None),
        ("1", "0", None),
        ("2", "1", "1"),
        ("5", "1", None),
        ("6", "0", None),
    ]
    found = [rows(child, "keyframe", "outside", "points")[0] for child in written]
    assert found[:5] == [
        ("1", "0", "0.00,0.00"),
        ("0", "0", "1.00,0.00"),
        ("1", "1", "2.00,0.00"),
        ("1", "0", "5.00,0.00"),
        ("0", "0", "6.00,0.00"),
    ]


def test_a_skeleton_without_keyframes_of_its_own_begins_with_one(task: TaskView, tmp_path: Path) -> None:
    put(task, tracks=[posed(head=[point(3, 0), point(5, 0, outside=True)])])
    (written,) = exported(task, tmp_path, "cvat-video").findall("track")
    assert rows(written, "frame", "keyframe") == [("3", "1"), ("4", "0"), ("5", "0")]


def test_a_joint_says_who_made_it_if_that_is_another(task: TaskView, tmp_path: Path) -> None:
    track = posed(skeleton(0), head=[point(0, 0)], tail=[point(0, 0)])
    head, tail = track.elements
    track = msgspec.structs.replace(track, source="auto", elements=(msgspec.structs.replace(head, source="auto"), tail))
    put(task, tracks=[track])
    (written,) = exported(task, tmp_path, "cvat-video").findall("track")
    assert rows(written[0], "label", "source") == [("head", None), ("tail", "manual")]
    import_task(task, None, tmp_path / "out.zip")
    (back,) = all_tracks(task)
    assert [back.source, *(element.source for element in back.elements)] == ["auto", "auto", "manual"]


def test_pictures_of_a_video(ws: Workspace, tmp_path: Path) -> None:
    task = ws.create_task("zoo", labels=["cat"], data=[photo("chelsea.png"), photo("coffee.png")])
    task.jobs[0].add(Shape(frame=0, id=0, type="rectangle", label="cat", points=(100.5, 20.25, 330, 270)))
    report = export_task(task, "CVAT for video 1.1", tmp_path / "zoo.zip", save_images=True)
    assert report.images == 2
    with zipfile.ZipFile(tmp_path / "zoo.zip") as archive:
        assert archive.namelist() == ["annotations.xml", "images/chelsea.png", "images/coffee.png"]


# Whatever is drawn comes back


GAPS = (0, 4, 5, 9)


@given(drawn_tracks(LAST), drawn_shapes(LAST))
def test_everything_seen_is_seen_again(whole: tuple[TaskView, Path], tracks: list[Track], shapes: list[Shape]) -> None:
    check_round_trip(*whole, tracks, shapes, deleted=())


@given(drawn_tracks(LAST), drawn_shapes(LAST))
def test_everything_seen_is_seen_again_without_the_deleted_frames(
    gapped: tuple[TaskView, Path], tracks: list[Track], shapes: list[Shape]
) -> None:
    check_round_trip(*gapped, tracks, shapes, deleted=GAPS)


def check_round_trip(
    task: TaskView, folder: Path, tracks: list[Track], shapes: list[Shape], *, deleted: Sequence[int]
) -> None:
    put(task, shapes=shapes, tracks=tracks)
    before = [shown(item) for item in objects_of(*task.jobs) if not is_tag(item)]
    kept = [[shape for shape in item if shape.frame not in deleted] for item in before]
    seen = [item for item in kept if item]
    report = export_task(task, "cvat-video", folder / "out.zip")
    assert counts_agree(report)
    assert report.written == len(seen)
    import_task(task, "cvat", folder / "out.zip")
    # Masks that are seen on one frame only are shapes again.
    masks = [item for item in seen if len(item) == 1 and item[0].type == "mask"]
    masks.sort(key=lambda item: item[0].frame)
    others = [item for item in seen if item not in masks]
    assert_alike([[shape] for shape in all_shapes(task)], masks)
    assert_alike(
        [[shape for shape in shown(track) if shape.frame not in deleted] for track in all_tracks(task)], others
    )


@settings(max_examples=20)
@given(drawn_tracks(LAST), drawn_shapes(LAST))
def test_everything_seen_is_seen_again_from_jobs_that_overlap(
    jobs: tuple[TaskView, TaskView, Path], tracks: list[Track], shapes: list[Shape]
) -> None:
    task, cut, folder = jobs
    # A curve without length gets other points wherever a keyframe is put on its way: see cvatcore.geometry.curve.
    straight = [track for track in tracks if not CURVES.intersection(key.type for key in keyframes_of(track))]
    put(task, shapes=shapes, tracks=straight)
    export_task(task, "cvat-video", folder / "whole.zip")
    import_task(task, "cvat", folder / "whole.zip")
    import_task(cut, "cvat", folder / "whole.zip")
    report = export_task(cut, "cvat-video", folder / "cut.zip")
    assert counts_agree(report)
    wanted = [shown(track) for track in all_tracks(task)]
    masks = [[shape] for shape in all_shapes(task)]
    import_task(task, "cvat", folder / "cut.zip")
    assert_alike([shown(track) for track in all_tracks(task)], wanted)
    assert_alike([[shape] for shape in all_shapes(task)], masks)


def is_tag(item: Shape | Track) -> bool:
    return isinstance(item, Shape) and item.type == "tag"


def assert_alike(found: list[list[Shape]], wanted: list[list[Shape]]) -> None:
    """Each object is seen on the same frames at the same places."""
    assert [[shape.frame for shape in item] for item in found] == [[shape.frame for shape in item] for item in wanted]
    for one, other in zip(found, wanted, strict=True):
        for shape, before in zip(one, other, strict=True):
            assert facts(shape) == facts(before)
            assert shape.points == pytest.approx(before.points, abs=1e-5)
            assert abs((shape.rotation - before.rotation + 180) % 360 - 180) < 1e-5
            for joint, same in zip(seen_joints(shape), seen_joints(before), strict=True):
                assert joint_facts(joint) == joint_facts(same)
                assert joint.points == pytest.approx(same.points, abs=1e-5)
                assert abs((joint.rotation - same.rotation + 180) % 360 - 180) < 1e-5


def seen_joints(shape: Shape) -> list[Element]:
    """Whether one that is outside has begun makes no difference."""
    return sorted((joint for joint in shape.elements if not joint.outside), key=lambda joint: joint.label)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("video")
    with new_workspace(folder / "w") as workspace:
        # The ids of what is drawn go up to here: imports get others.
        workspace.store.ids.take("object", 10_000)
        yield make_task(workspace, film(LAST + 1), labels=DRAWN), folder


@pytest.fixture(scope="module")
def gapped(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("gaps")
    with new_workspace(folder / "w") as workspace:
        workspace.store.ids.take("object", 10_000)
        yield make_task(workspace, film(LAST + 1), labels=DRAWN, deleted_frames=GAPS), folder


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("jobs")
    with new_workspace(folder / "w") as workspace:
        workspace.store.ids.take("object", 10_000)
        whole = make_task(workspace, film(LAST + 1), labels=DRAWN)
        yield whole, make_task(workspace, film(LAST + 1), labels=DRAWN, name="cut", segment_size=5, overlap=2), folder

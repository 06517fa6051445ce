"""Every kind of label on the canvas: drawn where the core says it is, to be selected, moved and changed."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from playwright.sync_api import Page, expect

from cvatcore import ChangeSet, Keyframe, Shape, Track
from cvatcore.schema import Element, Label
from cvatcore.schema.skeleton import Joint, Skeleton, write_svg
from cvatcore.store import encode_json, plain_message
from cvatcore.store.layout import task_path
from cvatcore.workspace import Workspace
from kit.daemon import Running, daemon
from kit.editor import Editor

JOINT_AT = {"head": (60.0, 300.0), "hip": (100.0, 360.0), "foot": (140.0, 300.0)}
SVG = write_svg(
    Skeleton(
        joints=tuple(Joint(number, name, 10.0 * number, 20.0) for number, name in enumerate(JOINT_AT, start=1)),
        edges=((1, 2), (2, 3)),
    )
)
JOINTS = tuple(
    Label(id=number, name=name, color=color, type="points")
    for number, name, color in ((101, "head", "#ff0000"), (102, "hip", "#00ff00"), (103, "foot", "#0000ff"))
)
LABELS = (
    Label(id=91, name="thing", color="#ff00ff"),
    Label(id=92, name="body", color="#ffff00", type="skeleton", sublabels=JOINTS, svg=SVG),
)
COLOUR = (255, 0, 255)

Points = tuple[float, ...]


def ring(size: int, hole: int) -> Points:
    """A square mask with a square hole in its middle, at (380, 60)."""
    rows = [[not (hole <= x < size - hole and hole <= y < size - hole) for x in range(size)] for y in range(size)]
    counts: list[int] = []
    filled = False
    count = 0
    for pixel in (pixel for row in rows for pixel in row):
        if pixel != filled:
            counts.append(count)
            count, filled = 0, pixel
        count += 1
    return (*map(float, [*counts, count]), 380.0, 60.0, 380.0 + size - 1, 60.0 + size - 1)


SHAPES: dict[str, tuple[Points, float]] = {
    "rectangle": ((30, 30, 110, 80), 30),
    "polygon": ((150, 30, 230, 30, 230, 110, 190, 60, 150, 110), 0),
    "polyline": ((260, 40, 300, 100, 340, 40), 0),
    "points": ((40, 150, 80, 190, 120, 150), 0),
    "ellipse": ((200, 180, 250, 150), 45),
    "cuboid": ((300, 160, 300, 220, 350, 160, 350, 220, 370, 145, 370, 200, 320, 145, 320, 200), 0),
    "mask": (ring(60, 20), 0),
}
ON: dict[str, tuple[float, float]] = {
    "rectangle": (70, 55),
    "polygon": (160, 40),
    "polyline": (280, 70),
    "points": (80, 190),
    "ellipse": (200, 180),
    "cuboid": (320, 190),
    "mask": (390, 70),
}
"""A position that means the shape."""

BESIDE = [(190, 100), (300, 45), (100, 175), (410, 90)]
"""Where nothing is: in the notch of the polygon, between the lines, in the hole of the mask."""


def joints() -> tuple[Element, ...]:
    return tuple(
        Element(id=800 + index, type="points", label=name, points=at)
        for index, (name, at) in enumerate(JOINT_AT.items())
    )


def line(number: int, kind: str, *places: Points) -> tuple[Keyframe, ...]:
    """Keyframes on the frames 0, 2, …"""
    return tuple(
        Keyframe(frame=2 * index, track=number, type=kind, points=points)  # type: ignore[arg-type]  # a kind of shape
        for index, points in enumerate(places)
    )


LANE = line(
    701,
    "polygon",
    (220, 300, 300, 300, 300, 380, 220, 380),
    (240, 100, 300, 80, 360, 100, 380, 160, 300, 200),
)
WALKER = Track(
    id=710,
    label="body",
    keyframes=line(710, "skeleton", (), ()),
    elements=(
        Track(id=711, label="head", keyframes=line(711, "points", (60, 200), (100, 200))),
        Track(id=712, label="hip", keyframes=line(712, "points", (60, 260), (100, 280))),
        Track(
            id=713,
            label="foot",
            keyframes=(Keyframe(frame=0, track=713, type="points", points=(90, 250), outside=True),),
        ),
    ),
)


@pytest.fixture
def workspace(workspace: Workspace) -> Workspace:
    """One shape of every kind on the first frame; a polygon and a skeleton as tracks over three."""
    task = workspace.tasks[1]
    document = msgspec.structs.replace(task.document, labels=LABELS)
    workspace.store.commit(
        {task_path(1): encode_json(document)}, message=plain_message("Change the labels"), author=workspace.author
    )
    workspace.store.ids.take("object", 1000)
    shapes = [
        Shape(frame=0, id=601 + index, type=kind, label="thing", points=points, rotation=rotation)  # type: ignore[arg-type]  # a kind of shape
        for index, (kind, (points, rotation)) in enumerate(SHAPES.items())
    ]
    shapes.append(Shape(frame=0, id=650, type="skeleton", label="body", elements=joints()))
    shapes.append(Shape(frame=0, id=660, type="tag", label="thing"))
    lane = Track(id=701, label="thing", frame=0, keyframes=LANE)
    workspace.job(1).apply(ChangeSet(shapes=tuple(shapes), tracks=(lane, WALKER)))
    return workspace


@pytest.fixture
def running(workspace: Workspace) -> Iterator[Running]:
    with daemon(workspace.root) as started:
        yield started


def selected(editor: Editor) -> str:
    """The kind of the only selected row."""
    chosen = editor.page.locator('[role=row][aria-selected="true"]')
    expect(chosen).to_have_count(1)
    return next(word for word in [*SHAPES, "skeleton", "tag"] if chosen.get_by_text(word, exact=True).count())


def shape(workspace: Workspace, number: int) -> Shape:
    with Workspace(workspace.root) as opened:
        return next(shape for shape in opened.job(1).annotations.shapes if shape.id == number)


def near(points: Points, expected: Points) -> bool:
    return len(points) == len(expected) and all(abs(a - b) < 1.5 for a, b in zip(points, expected, strict=True))


def test_every_kind_is_drawn_and_listed(editor: Editor, page: Page) -> None:
    editor.open(task=1, job=1, frame=0)
    editor.expect_objects(len(SHAPES) + 4)
    assert editor.stats()["shapes"] == len(SHAPES) + 3  # a tag is not drawn
    rows = page.get_by_role("grid", name="Objects on this frame")
    for kind, count in {**dict.fromkeys(SHAPES, 1), "polygon": 2, "skeleton": 2, "tag": 1}.items():
        expect(rows.get_by_text(kind, exact=True)).to_have_count(count)
    places = [*ON.values(), *BESIDE]
    drawn = [editor.pixel(*at) for at in places]
    page.get_by_role("button", name="Hide all objects").click()
    expect(page.get_by_role("button", name="Show all objects")).to_be_visible()
    page.mouse.move(0, 0)
    bare = [editor.pixel(*at) for at in places]
    assert [a != b for a, b in zip(drawn, bare, strict=True)] == [True] * len(ON) + [False] * len(BESIDE)


def unlike(seen: tuple[int, ...], colour: tuple[int, ...]) -> int:
    """The sum of what the three channels differ by."""
    return sum(abs(a - b) for a, b in zip(seen, colour, strict=True))


def test_lines_and_dots_have_the_colours_of_their_labels(editor: Editor) -> None:
    editor.open(task=1, job=1, frame=0)
    editor.page.mouse.move(0, 0)
    turned_side = (70 - 40 * 0.866, 55 - 40 * 0.5)
    for x, y in [(280, 70), (80, 190), (190, 30), turned_side]:
        assert unlike(editor.pixel(x, y), COLOUR) < 120, (x, y)
    for (x, y), colour in zip(JOINT_AT.values(), [(255, 0, 0), (0, 255, 0), (0, 0, 255)], strict=True):
        assert unlike(editor.pixel(x, y), colour) < 60, (x, y)
    assert unlike(editor.pixel(80, 330), (255, 255, 0)) < 90  # an edge


def test_every_kind_is_selected_by_a_click_and_by_nothing_beside_it(editor: Editor) -> None:
    editor.open(task=1, job=1, frame=0)
    for kind, at in ON.items():
        editor.select(*at)
        assert selected(editor) == kind
    editor.select(*JOINT_AT["hip"])
    assert selected(editor) == "skeleton"
    for at in BESIDE:
        editor.select(*at)
        expect(editor.page.locator('[role=row][aria-selected="true"]')).to_have_count(0)


def test_what_is_moved_is_saved(workspace: Workspace, editor: Editor) -> None:
    editor.open(task=1, job=1, frame=0)
    editor.drag(ON["mask"], (ON["mask"][0] + 20, ON["mask"][1] + 10))
    editor.select(160, 40)
    editor.drag((150, 110), (140, 120))  # a corner of the polygon
    editor.select(*JOINT_AT["hip"])
    editor.drag(JOINT_AT["hip"], (110, 380))
    editor.drag((80, 320), (90, 325))  # the box of the skeleton
    editor.expect_save_state("^saved")
    mask = SHAPES["mask"][0]
    assert near(
        shape(workspace, 607).points, (*mask[:-4], *(a + b for a, b in zip(mask[-4:], (20, 10, 20, 10), strict=True)))
    )
    assert near(shape(workspace, 602).points, (*SHAPES["polygon"][0][:8], 140, 120))
    moved = [element.points for element in shape(workspace, 650).elements]
    assert all(near(a, b) for a, b in zip(moved, [(70, 305), (120, 385), (150, 305)], strict=True))


def test_tracks_are_between_their_keyframes_where_the_core_has_them(workspace: Workspace, editor: Editor) -> None:
    editor.open(task=1, job=1, frame=1)
    editor.expect_objects(2)
    lane, walker = sorted(workspace.job(1).shapes_on(1), key=lambda shape: shape.id)
    assert lane.type == "polygon"
    corners = list(zip(lane.points[::2], lane.points[1::2], strict=True))
    editor.page.mouse.move(0, 0)
    for x, y in corners:
        assert unlike(editor.pixel(x, y), COLOUR) < 120, (x, y)
    editor.select(sum(x for x, _ in corners) / len(corners), sum(y for _, y in corners) / len(corners))
    assert selected(editor) == "polygon"
    assert [element.outside for element in walker.elements] == [False, False, True]
    x, y = walker.elements[0].points
    editor.select(x, y)
    assert selected(editor) == "skeleton"

    editor.drag((x, y), (x + 15, y - 20))
    editor.expect_save_state("^saved")
    with Workspace(workspace.root) as opened:
        track = next(track for track in opened.job(1).annotations.tracks if track.id == 710)
    assert [[keyframe.frame for keyframe in element.keyframes] for element in track.elements] == [
        [0, 1, 2],
        [0, 2],
        [0],
    ]
    assert near(track.elements[0].keyframes[1].points, (95, 180))


def test_a_track_is_marked_by_keys(workspace: Workspace, editor: Editor, page: Page) -> None:
    editor.open(task=1, job=1, frame=1)
    editor.select(300, 200)
    assert selected(editor) == "polygon"
    page.keyboard.press("k")
    page.keyboard.press("q")
    page.keyboard.press("o")
    editor.expect_objects(1)
    editor.expect_save_state("^saved")
    with Workspace(workspace.root) as opened:
        (track,) = (track for track in opened.job(1).annotations.tracks if track.id == 701)
    assert [(key.frame, key.outside, key.occluded) for key in track.keyframes] == [
        (0, False, False),
        (1, True, True),
        (2, False, False),
    ]
    for count in (2, 2, 2):
        page.keyboard.press("Control+z")
        editor.expect_objects(count)
    editor.expect_save_state("^saved")
    with Workspace(workspace.root) as opened:
        assert [key.frame for key in opened.job(1).annotations.tracks[0].keyframes] == [0, 2]

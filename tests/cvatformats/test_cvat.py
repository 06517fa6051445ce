"""CVAT's own XML: `CVAT for images 1.1` writes it, `CVAT 1.1` reads it."""

import zipfile
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given

from cvatcore import Keyframe, Label, Shape, TaskView, Track, Workspace
from cvatcore.errors import InvalidDocument, InvalidInput
from cvatcore.schema import SHAPE_TYPES, Attribute
from cvatcore.store.layout import shard_path, tracks_path
from cvatformats import counts_agree, export_task, import_task
from cvatformats.attributes import complete_attributes
from kit.cvat_xml import BOX, IMAGE, KEY, TRACK, exported, import_text
from kit.drawn import LABELS as DRAWN
from kit.drawn import drawn_shapes
from kit.format_case import LABELS, ONE_OF_EACH, FormatCase
from kit.samples import photo
from kit.tasks import all_shapes, fill, film, labels, make_task, new_workspace, numbered_pictures


class TestConformance(FormatCase):
    export_key = "cvat-images"
    import_key = "cvat"
    round_trips = frozenset(SHAPE_TYPES)  # type: ignore[arg-type]  # its members are those of the Literal
    details = frozenset(["group", "z-order", "source"])
    annotation_file = "annotations.xml"


@pytest.fixture
def ws(tmp_path: Path) -> Any:
    with new_workspace(tmp_path / "w") as workspace:
        yield workspace


@pytest.fixture
def task(ws: Workspace) -> TaskView:
    return make_task(ws, numbered_pictures(3), labels=labels("car"))


def test_real_photos(ws: Workspace, tmp_path: Path) -> None:
    task = ws.create_task("zoo", labels=["cat"], data=[photo("chelsea.png"), photo("coffee.png")])
    task.jobs[0].add(Shape(frame=0, id=0, type="rectangle", label="cat", points=(100.5, 20.25, 330, 270)))
    report = export_task(task, "CVAT for images 1.1", tmp_path / "zoo.zip", save_images=True)
    assert report.images == 2
    with zipfile.ZipFile(tmp_path / "zoo.zip") as archive:
        assert archive.namelist() == ["annotations.xml", "images/chelsea.png", "images/coffee.png"]
        assert archive.read("images/chelsea.png") == photo("chelsea.png").read_bytes()


def test_every_type_is_written_as_cvat_writes_it(ws: Workspace, tmp_path: Path) -> None:
    task = make_task(ws, numbered_pictures(3), labels=LABELS)
    fill(task, shapes=ONE_OF_EACH)
    root = exported(task, tmp_path, "cvat-images")
    names = [[child.tag for child in image] for image in root.findall("image")]
    assert names == [
        ["box", "box", "polygon"],
        ["polyline", "points", "ellipse"],
        ["cuboid", "mask", "skeleton", "tag"],
    ]
    ellipse = root.find(".//ellipse")
    assert ellipse is not None
    assert [ellipse.get(name) for name in ("cx", "cy", "rx", "ry")] == ["40.00", "40.00", "20.00", "10.00"]
    mask = root.find(".//mask")
    assert mask is not None
    found = [mask.get(name) for name in ("rle", "left", "top", "width", "height")]
    assert found == ["0, 2, 5, 2", "10", "20", "3", "3"]
    assert [joint.get("points") for joint in root.findall(".//skeleton/points")] == ["4.00,5.00", "6.00,7.50"]
    kinds = {label.findtext("name"): (label.findtext("type"), label.findtext("parent")) for label in root.iter("label")}
    assert kinds["pose"] == ("skeleton", None)
    assert kinds["head"] == ("points", "pose")


def test_tracks_are_written_as_shapes(ws: Workspace, tmp_path: Path) -> None:
    task = make_task(ws, film(4), labels=labels("car"))
    keyframes = (
        Keyframe(frame=1, track=1, type="rectangle", points=(0, 0, 10, 10)),
        Keyframe(frame=3, track=1, type="rectangle", points=(20, 0, 30, 10)),
    )
    fill(task, tracks=[Track(id=1, label="car", frame=1, keyframes=keyframes)])
    report = export_task(task, "cvat-images", tmp_path / "out.zip")
    assert (report.objects, report.written, report.entries) == (1, 1, 3)
    assert [(loss.kind, loss.count, loss.partial) for loss in report.lost] == [("track", 1, True)]
    import_task(task, None, tmp_path / "out.zip")
    assert [(shape.frame, shape.points[0]) for shape in all_shapes(task)] == [(1, 0), (2, 10), (3, 20)]


@pytest.mark.parametrize("key", ["cvat-images", "cvat-video"])
def test_points_that_make_no_shape_are_counted(ws: Workspace, task: TaskView, tmp_path: Path, key: str) -> None:
    spoilt = [
        '{"frame":0,"id":1,"type":"ellipse","label":"car","points":[1,2,3]}',
        '{"frame":0,"id":2,"type":"rectangle","label":"car","points":[1,2,3,4]}',
        '{"frame":0,"track":3,"type":"rectangle","points":[1,2,3]}',
        '{"frame":1,"track":3,"type":"rectangle","points":[1,2,3,4]}',
        '{"frame":2,"track":3,"type":"rectangle","points":[1,2,3,4],"outside":true}',
    ]
    job = task.jobs[0].id
    shard, heads = ws.root / shard_path(task.id, job, 0), ws.root / tracks_path(task.id, job)
    shard.parent.mkdir(parents=True)
    shard.write_text("\n".join(spoilt) + "\n", encoding="utf-8")
    heads.write_text('{"id":3,"label":"car"}\n', encoding="utf-8")
    report = export_task(task, key, tmp_path / "out.zip")
    assert counts_agree(report)
    lost = {loss.kind for loss in report.lost if loss.reason == "with points that make no such shape"}
    assert lost == {"ellipse", "rectangle track" if key == "cvat-video" else "tracked shape"}


def test_characters_that_xml_cannot_hold_are_counted(ws: Workspace, tmp_path: Path) -> None:
    label = Label(id=1, name="a<&>\"'", color="#000000", attributes=(Attribute(id=1, name='n"<', mutable=True),))
    task = make_task(ws, numbered_pictures(1), labels=[label], name="<task> & co")
    texts = ["plain", "<&>\"' \t\n\r\n end ", "bell\x07"]
    shapes = [
        Shape(frame=0, id=i, type="tag", label=label.name, attributes={'n"<': text}) for i, text in enumerate(texts, 1)
    ]
    fill(task, shapes=shapes)
    report = export_task(task, "cvat-images", tmp_path / "out.zip")
    assert [(loss.kind, loss.count, loss.partial) for loss in report.lost] == [("attribute", 1, True)]
    import_task(task, None, tmp_path / "out.zip")
    assert [shape.attributes['n"<'] for shape in all_shapes(task)] == [*texts[:2], "bell\ufffd"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (IMAGE.format(BOX.replace('xtl="1"', "")), "Image '000000.jpg', object 1 .box. has no attribute xtl"),
        (IMAGE.format(BOX.replace('"1"', '"nan"')), "xtl='nan'"),
        (IMAGE.format(BOX.replace('"1"', '"one"')), "xtl='one'"),
        (IMAGE.format(BOX.replace('occluded="0"', 'occluded="maybe"')), "occluded='maybe'"),
        (IMAGE.format(BOX.replace('label="car"', "")), "has no attribute label"),
        (IMAGE.format(BOX.replace('z_order="0"', 'z_order="1.5"')), "z_order='1.5'"),
        (IMAGE.format('<polygon label="car" points="1,2;3,4"/>'), "4 numbers in points"),
        (IMAGE.format('<polygon label="car" points="1,2;3"/>'), "pairs x,y"),
        (IMAGE.format('<polyline label="car" points="1,2;3,inf"/>'), "not all of them finite"),
        (IMAGE.format('<mask label="car" rle="1, 2" left="0" top="0" width="2" height="2"/>'), "run lengths"),
        (IMAGE.format(BOX + '<box label="car"><attribute>red</attribute></box>'), "object 2"),
        ('<image width="1" height="1">' + BOX + "</image>", "has no attribute id"),
        (
            '<track id="4" label="car"><box xtl="1" ytl="2" xbr="3" ybr="4" keyframe="1"/></track>',
            "Track 4, shape 1 .box. has no attribute frame",
        ),
        (TRACK.format(KEY.replace('frame="0"', 'frame="first"')), "Track 4, shape 1 .box. has frame='first'"),
        (TRACK.format(KEY.replace('keyframe="1"', 'keyframe="yes"')), "Track 4, shape 1 .box. has keyframe='yes'"),
        (TRACK.format(KEY.replace('outside="0"', 'outside="-1"')), "Track 4, shape 1 .box. has outside='-1'"),
        (TRACK.format(KEY.replace('occluded="0"', 'occluded="2"')), "Track 4, shape 1 .box. has occluded='2'"),
        (
            TRACK.format(KEY + KEY.replace('frame="0"', 'frame="1"').replace('xtl="1"', "")),
            "shape 2 .box. has no .* xtl",
        ),
        (TRACK.format(KEY.replace('xtl="1"', 'xtl="1e999"')), "xtl='1e999', which is no number"),
        (TRACK.format(KEY.replace("/>", "><attribute>red</attribute></box>")), "Track 4, shape 1 .box. has no .* name"),
        (TRACK.format(KEY).replace('group_id="0"', 'group_id="two"'), "Track 4 has group_id='two'"),
        (TRACK.format(KEY).replace('label="car"', ""), "Track 4 has no attribute label"),
        (
            TRACK.format(KEY + '<polygon frame="1" keyframe="1" points="1,1;2,2;3,1"/>'),
            "Track 4, shape 2 .polygon. is a polygon, and others of its track are a rectangle",
        ),
        (
            TRACK.format('<mask frame="0" keyframe="1" rle="1, 2" left="0" top="0" width="2" height="2"/>'),
            "Track 4, shape 1 .mask. has run lengths for 3 pixels in a box of 2x2",
        ),
        (
            TRACK.format('<mask frame="0" keyframe="1" rle="4" left="0" top="0" width="2"/>'),
            "Track 4, shape 1 .mask. has no attribute height",
        ),
        (
            TRACK.format('<skeleton frame="0" keyframe="1"><points points="1,2"/></skeleton>'),
            "Track 4, shape 1 .skeleton. has no attribute label",
        ),
    ],
)
def test_wrong_elements(task: TaskView, tmp_path: Path, body: str, said: str) -> None:
    fill(task, shapes=[Shape(frame=0, id=1, type="rectangle", label="car", points=(0, 0, 1, 1))])
    before = all_shapes(task)
    with pytest.raises(InvalidDocument, match=said) as caught:
        import_text(task, tmp_path, body)
    assert "in.xml" in caught.value.message
    assert all_shapes(task) == before


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('<track id="4" label="car"><box frame="9" xtl="1" ytl="2" xbr="3" ybr="4"/></track>', "frame 9"),
        ('<image name="x.jpg" id="0">' + BOX + "</image>", "no frame 'x.jpg'"),
        (IMAGE.format('<skeleton label="car"><points label="nose" points="1,2"/></skeleton>'), "no label 'nose'"),
        (
            TRACK.format('<skeleton frame="0" keyframe="1"><points label="nose" points="1,2"/></skeleton>'),
            "track 4, shape 1 .skeleton., joint 'nose': the skeleton 'car' has no label 'nose'",
        ),
        (TRACK.format(KEY).replace('label="car"', 'label="cab"'), "track 4: the task 'street' has no label 'cab'"),
    ],
)
def test_what_the_task_does_not_have(task: TaskView, tmp_path: Path, body: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        import_text(task, tmp_path, body)


def test_broken_xml_says_the_line(task: TaskView, tmp_path: Path) -> None:
    with pytest.raises(InvalidDocument) as caught:
        import_text(task, tmp_path, IMAGE.format(BOX) + "\n<image")
    assert caught.value.line == 5


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE annotations [<!ENTITY a "aaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><annotations>&b;</annotations>',
        '<!DOCTYPE annotations SYSTEM "file:///etc/passwd"><annotations/>',
    ],
)
def test_entities_are_refused(task: TaskView, tmp_path: Path, head: str) -> None:
    file = tmp_path / "in.xml"
    file.write_text(head, encoding="utf-8")
    with pytest.raises(InvalidDocument, match="entities"):
        import_task(task, "cvat", file)


def test_other_xml_is_refused(task: TaskView, tmp_path: Path) -> None:
    file = tmp_path / "in.xml"
    file.write_text("<annotation><object/></annotation>", encoding="utf-8")
    with pytest.raises(InvalidDocument, match="root element"):
        import_task(task, "cvat", file)


def test_empty_tracks_and_images_elsewhere_are_counted(task: TaskView, tmp_path: Path) -> None:
    report = import_text(task, tmp_path, '<track id="0" label="car"></track><image id="5" name="elsewhere.jpg"/>')
    assert (report.objects, report.written) == (1, 0)
    assert counts_agree(report)
    assert [(loss.kind, loss.partial) for loss in report.lost] == [("track", False), ("image", True)]


@given(drawn_shapes(2))
def test_everything_comes_back(shared: tuple[TaskView, Path], shapes: list[Shape]) -> None:
    task, folder = shared
    fill(task, shapes=shapes)
    export_task(task, "cvat-images", folder / "out.zip")
    import_task(task, "cvat", folder / "out.zip")
    # Tags come after the shapes of their frame. Joints stay in their order.
    expected = sorted(shapes, key=lambda shape: (shape.frame, shape.type == "tag", shape.id))
    assert [bare(shape) for shape in all_shapes(task)] == [bare(complete(shape)) for shape in expected]


def complete(shape: Shape) -> Shape:
    """A shape with all attributes that its label has, without its score."""
    elements = tuple(
        msgspec.structs.replace(joint, attributes=complete_attributes(DRAWN[0], joint.attributes))
        for joint in shape.elements
    )
    attributes = complete_attributes(DRAWN[0], shape.attributes)
    return msgspec.structs.replace(shape, score=None, attributes=attributes, elements=elements)


def bare(shape: Shape) -> Shape:
    """A shape without ids; that an ellipse's radii are differences may cost its last digits."""
    elements = tuple(
        msgspec.structs.replace(joint, id=0, points=tuple(round(number, 5) for number in joint.points))
        for joint in shape.elements
    )
    points = tuple(round(number, 5) for number in shape.points)
    return msgspec.structs.replace(shape, id=0, points=points, elements=elements)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("xml")
    with new_workspace(folder / "w") as workspace:
        # The ids of what is drawn go up to here: imports get others.
        workspace.store.ids.take("object", 10_000)
        yield make_task(workspace, numbered_pictures(3), labels=DRAWN), folder

"""`cvat object ls`."""

import json
from pathlib import Path
from typing import Any

import pytest

from cvatcore import Keyframe, Shape, Track
from cvatcore.errors import InvalidInput
from cvatcore.schema import Attribute, Element, Label
from cvattui.cli.object_rows import Frames, parse_frames
from kit.command import cvat
from kit.tasks import fill, make_task, new_workspace, numbered_pictures

CAR = Label(
    id=1,
    name="car",
    color="#f00",
    aliases=("auto",),
    attributes=(Attribute(id=1, name="colour", input_type="select", values=("red", "blue"), default_value="red"),),
)
BODY = Label(
    id=2,
    name="body",
    color="#0f0",
    type="skeleton",
    sublabels=tuple(Label(id=3 + n, name=name, color="#00f", type="points") for n, name in enumerate(("head", "hand"))),
)


def box(frame: int, number: int, **given: Any) -> Shape:
    values: dict[str, Any] = {"label": "car", "points": (10.0, 10.0, 30.0, 20.0), **given}
    return Shape(frame=frame, id=number, type="rectangle", **values)


def key(track: int, frame: int, left: float, *, outside: bool = False) -> Keyframe:
    return Keyframe(frame=frame, track=track, type="rectangle", points=(left, 0.0, left + 10, 10.0), outside=outside)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The task `street` with the jobs 1 (frames 0 to 9) and 2 (10 to 19)."""
    root = tmp_path_factory.mktemp("objects") / "w"
    with new_workspace(root) as workspace:
        task = make_task(workspace, numbered_pictures(20), labels=(CAR, BODY), segment_size=10)
        joints = (Track(id=22, label="head", frame=3, keyframes=(head(22, 3, 5.0), head(22, 7, 9.0))),)
        fill(
            task,
            shapes=[
                box(0, 1),
                box(0, 2, label="auto", attributes={"colour": "blue"}, occluded=True),
                Shape(frame=4, id=3, type="tag", label="car"),
                Shape(
                    frame=5,
                    id=4,
                    type="skeleton",
                    label="body",
                    elements=(
                        Element(id=5, type="points", label="head", points=(7.0, 8.0)),
                        Element(id=6, type="points", label="hand", points=(99.0, 99.0), outside=True),
                    ),
                ),
            ],
            tracks=[
                Track(
                    id=20, label="car", frame=2, keyframes=(key(20, 2, 0), key(20, 6, 40), key(20, 8, 40, outside=True))
                ),
                Track(id=21, label="body", frame=3, elements=joints),
            ],
        )
        fill(task, shapes=[box(12, 9, rotation=90.0)], job=1)
    return root


def head(track: int, frame: int, x: float) -> Keyframe:
    return Keyframe(frame=frame, track=track, type="points", points=(x, x))


def listed(root: Path, *arguments: str) -> list[Any]:
    done = cvat("object", "ls", *arguments, "--json", workspace=root)
    assert done.code == 0, done.err
    found: list[Any] = done.json
    return found


def ids(root: Path, *arguments: str) -> list[int]:
    return [row["id"] for row in listed(root, *arguments)]


def test_a_job_and_a_task(root: Path) -> None:
    assert ids(root, "1") == [1, 2, 20, 21, 3, 4]
    assert ids(root, "2") == [9]
    assert ids(root, "street") == ids(root, "task:1") == [1, 2, 20, 21, 3, 4, 9]


def test_what_is_told_of_each(root: Path) -> None:
    by_id = {row["id"]: row for row in listed(root, "street")}
    assert by_id[2] == {
        "id": 2,
        "job_id": 1,
        "kind": "shape",
        "type": "rectangle",
        "label": "car",
        "start_frame": 0,
        "stop_frame": 0,
        "keyframes": 0,
        "occluded": True,
        "box": [10, 10, 30, 20],
        "attributes": {"colour": "blue"},
    }
    assert (by_id[3]["kind"], by_id[3]["type"], by_id[3]["box"]) == ("tag", "tag", [])
    assert by_id[4]["box"] == [7, 8, 7, 8]
    assert by_id[9]["box"] == [15, 5, 25, 25]
    track = by_id[20]
    assert (track["kind"], track["start_frame"], track["stop_frame"], track["keyframes"]) == ("track", 2, 7, 3)
    assert track["box"] == [0, 0, 10, 10]
    assert (by_id[21]["type"], by_id[21]["stop_frame"], by_id[21]["box"]) == ("skeleton", 9, [5, 5, 5, 5])


def test_frames_choose_and_show_the_state_there(root: Path) -> None:
    assert ids(root, "1", "--frame", "0") == [1, 2]
    (track, body) = listed(root, "1", "--frame", "3")
    assert (track["id"], track["box"]) == (20, [10, 0, 20, 10])
    assert (body["id"], body["box"]) == (21, [5, 5, 5, 5])
    assert ids(root, "1", "--frame", "8") == [21]
    assert ids(root, "1", "--frame", "3-5") == [20, 21, 3, 4]
    assert ids(root, "1", "--frame", "9-9") == [21]
    assert ids(root, "1", "--frame", "77") == []


def test_filters_choose(root: Path) -> None:
    def passing(document: object, *more: str) -> list[int]:
        return ids(root, "street", "--filter", json.dumps(document), *more)

    assert passing({"==": [{"var": "type"}, "track"]}) == [20, 21]
    assert passing({"==": [{"var": "label"}, "auto"]}) == [1, 2, 20, 3, 9]
    assert passing({"==": [{"var": "attr.car.colour"}, "blue"]}) == [2]
    assert passing({"and": [{"==": [{"var": "shape"}, "rectangle"]}, {">": [{"var": "width"}, 15]}]}) == [1, 2, 9]
    assert passing({"==": [{"var": "serverID"}, 9]}) == [9]
    assert passing({"==": [{"var": "occluded"}, True]}, "--frame", "0-3") == [2]


def test_as_a_table(root: Path) -> None:
    lines = cvat("object", "ls", "1", workspace=root).out.splitlines()
    assert lines[0].split() == ["OBJECT", "JOB", "KIND", "TYPE", "LABEL", "FRAMES", "BOX", "ATTRIBUTES"]
    assert lines[2].split() == ["2", "1", "shape", "rectangle", "car", "0", "10", "10", "30", "20", "colour=blue"]
    assert lines[3].split()[5] == "2–7"
    nothing = cvat("object", "ls", "1", "--frame", "1", "--filter", '{"==":[{"var":"id"},5]}', workspace=root)
    assert (nothing.code, nothing.out) == (0, "")
    assert "no such objects" in nothing.err


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["99"], 4, "task:99"),
        (["task:99"], 4, "no task 99"),
        (["nowhere"], 4, "nowhere"),
        (["1", "--frame", "x"], 2, "5-9"),
        (["1", "--frame", "9-5"], 2, "5-9"),
        (["1", "--filter", "{"], 2, "not JSON"),
        (["1", "--filter", '{"==":[{"var":"lable"},"car"]}'], 2, "label"),
        (["1", "--filter", '{"and":[{"<":[{"var":"label"},1]}]}'], 2, "and[0].<[0]"),
    ],
)
def test_refusals(root: Path, arguments: list[str], code: int, says: str) -> None:
    done = cvat("object", "ls", *arguments, workspace=root)
    assert (done.code, done.out) == (code, "")
    assert says in done.err


def test_an_empty_job(root: Path, tmp_path: Path) -> None:
    with new_workspace(tmp_path / "w") as workspace:
        make_task(workspace, numbered_pictures(2), labels=(CAR,))
    done = cvat("object", "ls", "1", workspace=tmp_path / "w")
    assert (done.code, done.out, done.err) == (0, "", "There are no objects yet.\n")


def test_frames_as_they_are_typed() -> None:
    assert parse_frames("7") == Frames(7, 7)
    assert parse_frames("5-9") == Frames(5, 9)
    for wrong in ("", "-", "5-", "-5", "a", "1-2-3", "9" * 40, "²"):
        with pytest.raises(InvalidInput):
            parse_frames(wrong)

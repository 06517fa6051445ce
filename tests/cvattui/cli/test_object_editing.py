"""The commands of `cvat object` that change objects."""

from pathlib import Path
from typing import Any

import pytest

from cvatcore import Annotations, Keyframe, Shape, Track, Workspace
from cvatcore.schema import Attribute, Element, Label
from kit.annotated import git
from kit.command import cvat, take_back
from kit.tasks import fill, make_task, new_workspace, numbered_pictures

COLOUR = Attribute(id=1, name="colour", input_type="select", values=("red", "blue"), default_value="red")
BUSY = Attribute(id=2, name="busy", input_type="checkbox", default_value="false", mutable=True)
LABELS = (
    Label(id=1, name="car", color="#f00", attributes=(COLOUR, BUSY)),
    Label(id=2, name="van", color="#0f0", attributes=(BUSY,)),
    Label(
        id=3,
        name="body",
        color="#00f",
        type="skeleton",
        sublabels=(Label(id=4, name="head", color="#00f", type="points"),),
    ),
)


def box(number: int, frame: int, **given: Any) -> Shape:
    values: dict[str, Any] = {"label": "car", "points": (10.0, 10.0, 30.0, 20.0), **given}
    return Shape(frame=frame, id=number, type="rectangle", **values)


def mask(number: int, left: float, **given: Any) -> Shape:
    return Shape(frame=4, id=number, type="mask", label="van", points=(0.0, 9.0, left, 5.0, left + 2, 7.0), **given)


def key(frame: int, left: float, *, outside: bool = False, track: int = 20) -> Keyframe:
    return Keyframe(frame=frame, track=track, type="rectangle", points=(left, 0.0, left + 10, 10.0), outside=outside)


RING = (0.0, 0.0, 20.0, 0.0, 40.0, 0.2, 40.0, 20.0, 0.0, 20.0)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The task `street` with the jobs 1 (frames 0 to 9) and 2 (10 to 19)."""
    root = tmp_path_factory.mktemp("editing") / "w"
    with new_workspace(root) as workspace:
        task = make_task(workspace, numbered_pictures(20), labels=LABELS, segment_size=10, deleted_frames=(6,))
        head = Element(id=8, type="points", label="head", points=(7.0, 8.0))
        fill(
            task,
            shapes=[
                box(1, 0, attributes={"colour": "blue"}),
                box(2, 0, z_order=3),
                Shape(frame=0, id=3, type="tag", label="car"),
                Shape(frame=3, id=4, type="polygon", label="car", points=RING),
                mask(5, 10.0),
                mask(6, 12.0, z_order=1),
                Shape(frame=5, id=7, type="skeleton", label="body", elements=(head,)),
            ],
            tracks=[
                Track(id=20, label="car", frame=2, keyframes=(key(2, 0.0), key(6, 40.0), key(8, 40.0, outside=True)))
            ],
        )
        fill(task, shapes=[box(9, 12, points=(90.0, 70.0, 130.0, 90.0)), box(10, 13)], job=1)
    return root


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    import shutil

    return Path(shutil.copytree(made, tmp_path / "w"))


def objects(root: Path, job: int = 1) -> dict[int, Shape | Track]:
    with Workspace(root) as workspace:
        found: Annotations = workspace.job(job).annotations
    items: list[Shape | Track] = [*found.shapes, *found.tracks]
    return {item.id: item for item in items}


def shape(root: Path, number: int, job: int = 1) -> Shape:
    found = objects(root, job)[number]
    assert isinstance(found, Shape)
    return found


def track(root: Path, number: int = 20, job: int = 1) -> Track:
    found = objects(root, job)[number]
    assert isinstance(found, Track)
    return found


def do(root: Path, *arguments: str) -> dict[str, Any]:
    """Do it as a dry run and in earnest: both tell the same, and the dry run changes nothing. What `--json` printed."""
    head = git(root, "rev-parse", "HEAD")
    dry = cvat("object", *arguments, "--dry-run", "--json", workspace=root)
    assert dry.code == 0, dry.err
    assert git(root, "rev-parse", "HEAD") == head
    done = cvat("object", *arguments, "--json", workspace=root)
    assert done.code == 0, done.err
    report: dict[str, Any] = done.json
    assert report["jobs"] == dry.json["jobs"]
    assert (dry.json["commit"], dry.json["undo"]) == ("", "")
    return report


def counts(report: dict[str, Any]) -> list[tuple[int, int, int, int]]:
    return [(job["job_id"], job["added"], job["changed"], job["removed"]) for job in report["jobs"]]


ALL = [
    (("rm", "street", "--all", "-y"), [(1, 0, 0, 8), (2, 0, 0, 2)]),
    (("rm", "1", "--id", "2", "--id", "20", "-y"), [(1, 0, 0, 2)]),
    (("rm", "street", "--filter", '{"==":[{"var":"type"},"tag"]}', "-y"), [(1, 0, 0, 1)]),
    (("clear", "1", "--frame", "4-5", "-y"), [(1, 0, 1, 3)]),
    (("clear", "street", "--frame", "4-12", "--tracks", "whole", "-y"), [(1, 0, 0, 4), (2, 0, 0, 1)]),
    (("relabel", "street", "van", "--frame", "0-3", "--id", "2", "--id", "4"), [(1, 0, 2, 0)]),
    (
        ("set", "street", "--attr", "busy=true", "--filter", '{"==":[{"var":"label"},"car"]}'),
        [(1, 0, 5, 0), (2, 0, 2, 0)],
    ),
    (("group", "street", "--frame", "0-4"), [(1, 0, 7, 0)]),
    (("order", "1", "front", "--id", "1"), [(1, 0, 1, 0)]),
    (("order", "1", "compact", "--all"), [(1, 0, 1, 0)]),
    (("copy", "street", "--id", "10", "--to", "15"), [(2, 1, 0, 0)]),
    (("copy", "1", "--id", "7", "--by", "3,4"), [(1, 1, 0, 0)]),
    (("move", "2", "--all", "--by", "-3,2.5"), [(2, 0, 2, 0)]),
    (("convert", "street", "--to", "mask", "--all"), [(1, 0, 4, 0), (2, 0, 2, 0)]),
    (("convert", "1", "--to", "polygon", "--frame", "4"), [(1, 0, 3, 0)]),
    (("convert", "1", "--to", "shapes", "--all"), [(1, 5, 0, 1)]),
    (("convert", "1", "--to", "track", "--id", "1"), [(1, 0, 1, 0)]),
    (("simplify", "street", "--tolerance", "0.5", "--all"), [(1, 0, 1, 0)]),
    (("crop", "street", "--all"), [(2, 0, 1, 0)]),
    (("join", "1", "--all"), [(1, 0, 1, 1)]),
    (("slice", "1", "--id", "4", "--line", "10,-5,10,50"), [(1, 1, 1, 0)]),
    (("underlying", "1", "--all"), [(1, 0, 1, 0)]),
    (("propagate", "1", "--from", "0", "--to", "9", "--id", "3"), [(1, 8, 0, 0)]),
    (("propagate", "1", "--from", "5", "--to", "3", "--all"), [(1, 2, 1, 0)]),
    (("propagate", "1", "--from", "5", "--to", "7", "--id", "20", "--copies"), [(1, 1, 0, 0)]),
    (("resample", "street", "--every", "2", "--all"), [(1, 0, 1, 0)]),
    (("split", "street", "--at", "5", "--all"), [(1, 1, 1, 0)]),
    (("split", "1", "--at", "5", "--id", "20"), [(1, 1, 1, 0)]),
    (("merge", "1", "--id", "1", "--id", "20"), [(1, 0, 1, 1)]),
    (("keyframe", "1", "--id", "20", "--at", "4"), [(1, 0, 1, 0)]),
    (("keyframe", "1", "--id", "20", "--at", "6", "--remove"), [(1, 0, 1, 0)]),
    (("keyframe", "1", "--id", "20", "--at", "4", "--occluded", "--outside"), [(1, 0, 1, 0)]),
    (("keyframe", "1", "--id", "8", "--at", "5", "--outside"), [(1, 0, 1, 0)]),
]


@pytest.mark.parametrize(("arguments", "expected"), ALL, ids=lambda given: " ".join(map(str, given)))
def test_it_does_what_it_told_in_one_commit_and_is_taken_back(
    root: Path, arguments: tuple[str, ...], expected: list[tuple[int, int, int, int]]
) -> None:
    before = {job: objects(root, job) for job in (1, 2)}
    head = git(root, "rev-parse", "HEAD")
    report = do(root, *arguments)
    assert counts(report) == expected
    assert {job: objects(root, job) for job in (1, 2)} != before
    assert git(root, "rev-parse", f"{report['commit']}~1") == head
    take_back(report["undo"])
    assert {job: objects(root, job) for job in (1, 2)} == before


def test_people_are_told_what_was_done_and_how_to_take_it_back(root: Path) -> None:
    done = cvat("object", "rm", "street", "--frame", "0-12", "--yes", workspace=root)
    assert done.code == 0, done.err
    assert done.err.splitlines() == ["job 1: 8 removed", "job 2: 1 removed", "To take it back:"]
    assert done.out.startswith(f'cvat -C "{root}" undo --operation ')
    assert git(root, "log", "-1", "--format=%s").strip() == "street, 2 jobs: remove objects (9 removed)"


def test_a_dry_run_as_a_table(root: Path) -> None:
    done = cvat("object", "simplify", "street", "--tolerance", "0.5", "--all", "--dry-run", workspace=root)
    assert [line.split() for line in done.out.splitlines()] == [
        ["JOB", "OBJECTS", "ADDED", "CHANGED", "REMOVED"],
        ["1", "1", "0", "1", "0"],
    ]
    assert done.err == "Left out: 9 objects to which this cannot be done.\n"


def test_what_they_do_to_objects(root: Path) -> None:
    do(root, "set", "1", "--id", "20", "--attr", "busy=true", "--at", "4")
    assert [(k.frame, k.attributes) for k in track(root).keyframes] == [
        (2, {}),
        (4, {"busy": "true"}),
        (6, {}),
        (8, {}),
    ]
    do(root, "order", "1", "front", "--id", "1")
    assert shape(root, 1).z_order == 4
    do(root, "move", "2", "--id", "10", "--frames", "2", "--by", "1,1")
    assert (shape(root, 10, 2).frame, shape(root, 10, 2).points) == (15, (11.0, 11.0, 31.0, 21.0))
    do(root, "crop", "street", "--all")
    assert shape(root, 9, 2).points == (90.0, 70.0, 100.0, 80.0)
    do(root, "join", "1", "--id", "6", "--id", "5")
    assert shape(root, 6).points[-4:] == (10.0, 5.0, 14.0, 7.0)
    do(root, "group", "1", "--id", "1", "--id", "20")
    assert shape(root, 1).group == track(root).group == 1
    do(root, "ungroup", "1", "--filter", '{"==":[{"var":"id"},1]}')
    assert shape(root, 1).group == 0


def test_new_objects_get_ids_that_nobody_has(root: Path) -> None:
    do(root, "propagate", "1", "--from", "0", "--to", "2", "--id", "1")
    new = sorted(set(objects(root)) - {1, 2, 3, 4, 5, 6, 7, 20})
    assert len(new) == 2
    assert new[0] > 1000
    do(root, "copy", "2", "--id", "10", "--to", "14")
    assert not set(objects(root, 2)) & set(new)


def test_values_that_get_lost_need_a_yes(root: Path) -> None:
    refused = cvat("object", "relabel", "1", "van", "--id", "1", workspace=root)
    assert refused.code == 2
    assert "Lost in job 1: attributes of 1 object, like colour=blue" in refused.err
    assert "--yes" in refused.err
    assert shape(root, 1).label == "car"
    do(root, "relabel", "1", "van", "--id", "1", "--yes")
    assert (shape(root, 1).label, shape(root, 1).attributes) == ("van", {})


def test_nothing_is_removed_without_a_yes(root: Path) -> None:
    for arguments in (("rm", "1", "--all"), ("clear", "1", "--frame", "0-9")):
        assert cvat("object", *arguments, workspace=root).code == 2
    assert len(objects(root)) == 8
    # What only shortens a track removes nothing, and asks nothing.
    done = cvat("object", "clear", "1", "--frame", "7", workspace=root)
    assert done.code == 0, done.err
    assert [k.frame for k in track(root).keyframes] == [2, 6, 7]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["rm", "street"], "not said which objects"),
        (["rm", "street", "--id", "77", "-y"], "no object 77 among them"),
        (["rm", "1", "--id", "9", "-y"], "no object 9 among them"),
        (["rm", "1", "--id", "8", "-y"], "part of the skeleton 7"),
        (["rm", "1", "--filter", "{", "-y"], "filter"),
        (["relabel", "1", "tram", "--id", "1"], "no label 'tram'"),
        (["relabel", "1", "body", "--id", "1"], "Object 1 is a rectangle"),
        (["set", "1", "--attr", "colour", "--id", "1"], "'colour' is no attribute with a value"),
        (["set", "1", "--attr", "colour=pink", "--id", "1"], "'pink' of 'colour'"),
        (["order", "1", "top", "--id", "1"], "no order 'top'"),
        (["order", "1", "compact", "--id", "1"], "for all objects"),
        (["copy", "1", "--id", "1"], "right on the original"),
        (["copy", "1", "--id", "1", "--by", "3"], "'3' is no offset"),
        (["copy", "1", "--id", "1", "--to", "12"], "outside of the job"),
        (["move", "1", "--id", "1"], "moves nothing"),
        (["convert", "1", "--to", "cube", "--all"], "no type 'cube'"),
        (["convert", "1", "--to", "mask", "--id", "7"], "Object 7 is a skeleton"),
        (["simplify", "1", "--tolerance", "-1", "--all"], "tolerance"),
        (["slice", "1", "--id", "4", "--line", "1,2,x"], "'1,2,x' is no line"),
        (["slice", "1", "--id", "4", "--line", "90,0,90,9"], "does not part object 4"),
        (["propagate", "1", "--from", "0", "--to", "12", "--all"], "up to frame 12"),
        (["propagate", "1", "--from", "0", "--to", "2"], "not said which objects"),
        (["resample", "1", "--all"], "--every or --tolerance"),
        (["resample", "1", "--all", "--every", "0"], "every 0 frames"),
        (["split", "1", "--at", "1", "--id", "20"], "before frame 1"),
        (["merge", "1", "--id", "1", "--id", "2"], "both seen on frame 0"),
        (["split", "1", "--at", "12", "--id", "20"], "Frame 12 is not in job 1"),
        (["keyframe", "1", "--at", "10", "--id", "20"], "Frame 10 is not in job 1"),
        (["set", "1", "--attr", "busy=true", "--at", "10", "--id", "20"], "Frame 10 is not in job 1"),
        (["propagate", "1", "--from", "10", "--to", "2", "--id", "20"], "of frame 10 cannot be repeated"),
        (["merge", "1", "--id", "1"], "two objects or more"),
        (["keyframe", "1", "--id", "20", "--at", "5", "--remove"], "no keyframe on frame 5"),
        (["keyframe", "1", "--id", "20", "--at", "5", "--remove", "--outside"], "says nothing"),
        (["clear", "1", "--frame", "9-5", "-y"], "end before they start"),
        (["clear", "1", "--frame", "5", "--tracks", "half", "-y"], "'half'"),
    ],
)
def test_refusals_change_nothing(root: Path, arguments: list[str], says: str) -> None:
    head = git(root, "rev-parse", "HEAD")
    done = cvat("object", *arguments, workspace=root)
    assert done.code == 2, done
    assert says in done.err
    assert git(root, "rev-parse", "HEAD") == head
    assert git(root, "status", "--porcelain") == ""


def test_nothing_that_is_meant(root: Path) -> None:
    done = cvat("object", "rm", "street", "--frame", "9", "-y", workspace=root)
    assert (done.code, done.err) == (0, "There are no such objects.\n")
    done = cvat("object", "ungroup", "street", "--all", workspace=root)
    assert (done.code, done.err) == (0, "There is nothing to change.\n")

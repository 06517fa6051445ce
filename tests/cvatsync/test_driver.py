"""The merge driver under git's own commands: what they make of edits of two people, and what is left to a person."""

import functools
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import msgspec
import pytest

import cvatsync
from cvatcore import ChangeSet, Keyframe, Shape, Track, Workspace
from cvatcore.edit.label_edits import delete_labels, rename_label
from cvatcore.schema import Attribute, ConflictDocument, find_label
from cvatcore.store import encode_json, plain_message
from cvatcore.store.layout import task_path
from cvatcore.store.pending import has_notes, read_notes
from cvatcore.validate import validate
from cvatcore.workspace.labels import find_labels
from cvatcore.workspace.leftover.pending import adopt_pending
from kit.tasks import labels, make_task, numbered_pictures
from kit.team import git

FRAMES = 64
LATER = 3600.0
"""Seconds after which a note of a merge that was given up is old."""


def box(number: int, *, frame: int = 0, at: float = 0.0, label: str = "car", **fields: object) -> Shape:
    whole = {"points": (at, 0.0, at + 10.0, 10.0), **fields}
    return Shape(frame=frame, id=number, type="rectangle", label=label, **whole)  # type: ignore[arg-type]  # by name


def moving(number: int, *frames: int, at: Mapping[int, float] | None = None) -> Track:
    """A track with keyframes on these frames, some of them elsewhere."""
    left = {frame: float(frame) for frame in frames} | dict(at or {})
    keyframes = tuple(
        Keyframe(frame, number, "rectangle", (left[frame], 0.0, left[frame] + 5.0, 5.0)) for frame in frames
    )
    return Track(id=number, label="car", frame=frames[0], keyframes=keyframes)


def rewrite_task(workspace: Workspace, **fields: object) -> None:
    """Change fields of the one task that no command changes."""
    task = workspace.tasks["street"]
    document = msgspec.structs.replace(task.document, **fields)
    workspace.store.commit(
        {task_path(task.id): encode_json(document)}, message=plain_message("task"), author=workspace.author
    )


def build(folder: Path, inside: str) -> None:
    """Two clones, `mine` and `theirs`, of a repository with code and a workspace with 20 boxes on 8 frames."""
    top = folder / "mine"
    top.mkdir(parents=True)
    git(top, "init", "-q")
    (top / "train.py").write_text("print(1)\n", encoding="utf-8")
    git(top, "add", "train.py")
    git(top, "commit", "-q", "-m", "code")
    with Workspace.init(top / inside, name="mine") as workspace:
        attributes = (Attribute(id=1, name="color"), Attribute(id=2, name="size"))
        car, person = labels("car", "person")
        make_task(
            workspace,
            numbered_pictures(FRAMES * 2),
            labels=(msgspec.structs.replace(car, attributes=attributes), person),
            segment_size=FRAMES,
        )
        shapes = tuple(box(number, frame=number % 8) for number in range(1, 21))
        workspace.tasks["street"].jobs[0].apply(ChangeSet(shapes=shapes))
    cvatsync.clone(str(top), folder / "theirs")
    for name, other in (("mine", "theirs"), ("theirs", "mine")):
        git(folder / name, "remote", "add", "-f", "other", f"../{other}")


class Sides:
    """Our clone and theirs, each with a branch `main` that is `other/main` of the other one."""

    def __init__(self, folder: Path, *, inside: str) -> None:
        self.top = folder / "mine"
        self.ours = Workspace(folder / "mine" / inside)
        self.theirs = Workspace(folder / "theirs" / inside)

    def share(self) -> None:
        """Their branch goes to where ours is, and both know it."""
        git(self.theirs.root, "fetch", "-q", "other")
        git(self.theirs.root, "reset", "-q", "--hard", "other/main")
        git(self.ours.root, "fetch", "-q", "other")

    @staticmethod
    def edit(workspace: Workspace, change: ChangeSet, *, job: int = 0) -> None:
        workspace.tasks["street"].jobs[job].apply(change)

    def draw(self, ours: Shape | Track, theirs: Shape | Track) -> None:
        """Each side saves one object."""
        for workspace, item in ((self.ours, ours), (self.theirs, theirs)):
            change = ChangeSet(shapes=(item,)) if isinstance(item, Shape) else ChangeSet(tracks=(item,))
            self.edit(workspace, change)

    def shapes(self, job: int = 0) -> dict[int, Shape]:
        return {shape.id: shape for shape in self.ours.tasks["street"].jobs[job].annotations.shapes}

    def tracks(self, job: int = 0) -> dict[int, Track]:
        return {track.id: track for track in self.ours.tasks["street"].jobs[job].annotations.tracks}

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run git in our side, whatever comes of it."""
        return subprocess.run(["git", *arguments], cwd=self.top, capture_output=True, encoding="utf-8", check=False)

    def problems(self) -> set[str]:
        """The rules that the workspace breaks, but for those of media, which it has none of."""
        return {finding.rule for finding in validate(self.ours) if "media" not in finding.rule}

    def conflicts(self) -> list[ConflictDocument]:
        return [view.document for view in self.ours.conflicts()]

    def assert_sound(self) -> None:
        assert git(self.top, "status", "--porcelain") == ""
        assert git(self.top, "fsck", "--no-dangling") == ""
        assert (self.top / "train.py").read_text(encoding="utf-8") == "print(1)\n"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    @functools.cache
    def of(inside: str) -> Path:
        folder = tmp_path_factory.mktemp("built")
        build(folder, inside)
        return folder

    return of


@pytest.fixture
def sides(request: pytest.FixtureRequest, built: Callable[[str], Path], tmp_path: Path) -> Iterator[Sides]:
    """The workspace is its repository, or the folder that the test is parametrized with."""
    inside = getattr(request, "param", "")
    shutil.copytree(built(inside), tmp_path / "sides", symlinks=True)
    both = Sides(tmp_path / "sides", inside=inside)
    yield both
    both.ours.close()
    both.theirs.close()


def merge(sides: Sides) -> None:
    git(sides.top, "fetch", "-q", "other")
    git(sides.top, "merge", "-q", "--no-edit", "other/main")


def rebase(sides: Sides) -> None:
    git(sides.top, "fetch", "-q", "other")
    git(sides.top, "rebase", "-q", "other/main")


def cherry_pick(sides: Sides) -> None:
    git(sides.top, "fetch", "-q", "other")
    git(sides.top, "cherry-pick", "main..other/main")


def pull(sides: Sides) -> None:
    git(sides.top, "pull", "-q", "--no-rebase", "--no-edit", "other", "main")


def pull_by_rebase(sides: Sides) -> None:
    git(sides.top, "pull", "-q", "--rebase", "other", "main")


def squash(sides: Sides) -> None:
    git(sides.top, "fetch", "-q", "other")
    git(sides.top, "merge", "-q", "--squash", "other/main")
    git(sides.top, "commit", "-q", "-m", "all of theirs")


Way = Callable[[Sides], None]
EVERY_WAY = pytest.mark.parametrize(
    ("sides", "way"),
    [("", merge), ("", rebase), ("", cherry_pick), ("", squash), ("data/sets", pull), ("data/sets", pull_by_rebase)],
    indirect=["sides"],
)
REBASES = (rebase, pull_by_rebase)


@EVERY_WAY
def test_different_objects_of_one_shard(sides: Sides, way: Way) -> None:
    sides.draw(box(3, frame=3, at=30.0), box(4, frame=4, at=40.0))
    sides.draw(box(101, frame=3), box(102, frame=3))
    way(sides)
    shapes = sides.shapes()
    assert (shapes[3].points[0], shapes[4].points[0]) == (30.0, 40.0)
    assert {101, 102} <= shapes.keys()
    assert len(shapes) == 22
    assert not has_notes(sides.ours.root)
    sides.assert_sound()


@EVERY_WAY
def test_different_fields_and_attributes_of_one_object(sides: Sides, way: Way) -> None:
    sides.draw(
        box(3, frame=3, at=30.0, attributes={"color": "red"}),
        box(3, frame=3, label="car", occluded=True, attributes={"size": "big"}),
    )
    way(sides)
    shape = sides.shapes()[3]
    assert (shape.points[0], shape.occluded) == (30.0, True)
    assert shape.attributes == {"color": "red", "size": "big"}
    assert not has_notes(sides.ours.root)
    sides.assert_sound()


@EVERY_WAY
def test_keyframes_of_one_track(sides: Sides, way: Way) -> None:
    sides.edit(sides.ours, ChangeSet(tracks=(moving(200, 0, 20),)))
    sides.share()
    sides.draw(moving(200, 0, 10, 20), moving(200, 0, 20, 30))
    way(sides)
    assert [key.frame for key in sides.tracks()[200].keyframes] == [0, 10, 20, 30]
    sides.assert_sound()


@EVERY_WAY
def test_documents(sides: Sides, way: Way) -> None:
    mine, other = sides.ours.tasks["street"], sides.theirs.tasks["street"]
    rewrite_task(sides.ours, subset="train")
    mine.jobs[0].update(state="completed")
    mine.jobs[1].update(stage="validation")
    mine.delete_frames([3, 70])
    rewrite_task(sides.theirs, owner="ines")
    other.jobs[0].update(stage="acceptance")
    other.delete_frames([4])
    way(sides)
    document = mine.document
    assert (document.subset, document.owner, document.data.deleted_frames) == ("train", "ines", (3, 4, 70))
    assert (mine.jobs[0].state, mine.jobs[0].stage, mine.jobs[1].stage) == ("completed", "acceptance", "validation")
    sides.assert_sound()


@EVERY_WAY
def test_a_label_renamed_on_one_side_and_used_on_the_other(sides: Sides, way: Way) -> None:
    find_labels(sides.ours).apply(lambda known: rename_label(known, "person", "human"))
    sides.edit(sides.theirs, ChangeSet(shapes=(box(101, frame=1, label="person"),)))
    way(sides)
    adopt_pending(sides.ours)
    label = find_label(sides.ours.tasks["street"].labels, sides.shapes()[101].label)
    assert label is not None
    assert label.name == "human"
    assert sides.problems() == set()
    sides.assert_sound()


@EVERY_WAY
def test_a_label_deleted_on_one_side_and_used_on_the_other_comes_back(sides: Sides, way: Way) -> None:
    find_labels(sides.ours).apply(lambda known: delete_labels(known, ["person"]))
    sides.edit(sides.theirs, ChangeSet(shapes=(box(101, frame=1, label="person"),)))
    way(sides)
    assert [label.name for label in sides.ours.tasks["street"].labels] == ["car"]
    assert adopt_pending(sides.ours).labels == ("person",)
    assert [label.name for label in sides.ours.tasks["street"].labels] == ["car", "person"]
    assert sides.problems() == set()
    sides.assert_sound()


@EVERY_WAY
@pytest.mark.parametrize("deletes", ["ours", "theirs"])
def test_a_track_deleted_on_one_side_and_changed_on_the_other_comes_back_whole(
    sides: Sides, way: Way, deletes: str
) -> None:
    track = moving(200, 0, 20, 40, 50)
    sides.edit(sides.ours, ChangeSet(tracks=(track,)))
    sides.share()
    changed = moving(200, 0, 20, 40, 50, at={20: 9.0})
    one, other = (sides.ours, sides.theirs) if deletes == "ours" else (sides.theirs, sides.ours)
    sides.edit(one, ChangeSet(delete=frozenset({200})))
    sides.edit(other, ChangeSet(tracks=(changed,)))
    way(sides)
    assert 200 not in sides.tracks()
    assert adopt_pending(sides.ours).tracks == 1
    assert sides.tracks()[200] == changed
    assert sides.problems() == set()
    assert adopt_pending(sides.ours).commit == ""
    sides.assert_sound()


@EVERY_WAY
def test_a_shape_moved_to_other_frames_and_changed_is_there_once(sides: Sides, way: Way) -> None:
    sides.draw(box(3, frame=40), box(3, frame=3, at=30.0))
    way(sides)
    adopt_pending(sides.ours)
    found = [shape for shape in sides.ours.tasks["street"].jobs[0].annotations.shapes if shape.id == 3]
    assert [(shape.frame, shape.points[0]) for shape in found] == [(40, 30.0)]
    assert sides.conflicts() == []
    sides.assert_sound()


@EVERY_WAY
def test_a_value_that_met_another_is_kept_until_the_next_command(sides: Sides, way: Way) -> None:
    sides.draw(box(3, frame=3, at=30.0), box(3, frame=3, at=50.0))
    sides.draw(box(5, frame=5, at=33.0), box(6, frame=6, at=66.0))
    way(sides)
    assert git(sides.top, "status", "--porcelain") == ""
    shapes = sides.shapes()
    mine, other = (30.0, 50.0) if way not in REBASES else (50.0, 30.0)
    assert shapes[3].points[0] == mine
    assert (shapes[5].points[0], shapes[6].points[0]) == (33.0, 66.0)
    assert sides.conflicts() == []
    adopted = adopt_pending(sides.ours)
    (conflict,) = sides.conflicts()
    assert adopted.conflicts == (conflict,)
    (field,) = conflict.fields
    assert (conflict.number, field.field) == (3, "points")
    assert (field.ours, field.theirs) == ([mine, 0.0, mine + 10, 10.0], [other, 0.0, other + 10, 10.0])
    (issue,) = (sides.ours.root / "tasks/1/issues").iterdir()
    assert conflict.id in issue.read_text(encoding="utf-8")
    assert git(sides.top, "log", "-1", "--format=%s") == "What a git merge left over: 1 conflict"
    assert not has_notes(sides.ours.root)
    assert adopt_pending(sides.ours).commit == ""
    sides.assert_sound()


@pytest.mark.parametrize("way", [merge, rebase, pull, pull_by_rebase])
def test_a_conflict_is_kept_when_nothing_else_was_changed(sides: Sides, way: Way) -> None:
    """The outcome is ours then, byte for byte, and a rebase drops the commit: only the note has the other value."""
    sides.draw(box(3, frame=3, at=30.0), box(3, frame=3, at=50.0))
    way(sides)
    adopt_pending(sides.ours)
    (conflict,) = sides.conflicts()
    (field,) = conflict.fields
    assert sorted(map(str, (field.ours, field.theirs))) == ["[30.0, 0.0, 40.0, 10.0]", "[50.0, 0.0, 60.0, 10.0]"]
    assert not has_notes(sides.ours.root)
    sides.assert_sound()


def test_a_merge_that_is_given_up_leaves_nothing(sides: Sides) -> None:
    sides.draw(box(3, frame=3, at=30.0), box(3, frame=3, at=50.0))
    for workspace, text in ((sides.ours, "print(2)\n"), (sides.theirs, "print(3)\n")):
        top = Path(git(workspace.root, "rev-parse", "--show-toplevel"))
        (top / "train.py").write_text(text, encoding="utf-8")
        git(top, "commit", "-q", "-a", "-m", "code")
    git(sides.top, "fetch", "-q", "other")
    assert sides.run("merge", "--no-edit", "other/main").returncode == 1
    (note,) = read_notes(sides.ours.root).values()
    assert adopt_pending(sides.ours, clock=lambda: note.made + LATER).commit == ""
    assert has_notes(sides.ours.root), "a merge is under way"
    git(sides.top, "merge", "--abort")
    assert adopt_pending(sides.ours).commit == ""
    assert has_notes(sides.ours.root), "git may be in the middle of something"
    assert adopt_pending(sides.ours, clock=lambda: note.made + LATER).commit == ""
    assert not has_notes(sides.ours.root)
    assert sides.conflicts() == []


def test_a_rebase_that_is_given_up_leaves_nothing(sides: Sides) -> None:
    sides.draw(box(3, frame=3, at=30.0), box(3, frame=3, at=50.0))
    for workspace, text in ((sides.ours, "print(2)\n"), (sides.theirs, "print(3)\n")):
        top = Path(git(workspace.root, "rev-parse", "--show-toplevel"))
        (top / "train.py").write_text(text, encoding="utf-8")
        git(top, "commit", "-q", "-a", "-m", "code")
    git(sides.top, "fetch", "-q", "other")
    assert sides.run("rebase", "other/main").returncode == 1
    (note,) = read_notes(sides.ours.root).values()
    assert note.rebasing == git(sides.top, "rev-parse", "main")
    git(sides.top, "rebase", "--abort")
    assert adopt_pending(sides.ours, clock=lambda: note.made + LATER).commit == ""
    assert not has_notes(sides.ours.root)
    assert sides.conflicts() == []


def test_a_merge_finished_by_hand_keeps_its_conflicts(sides: Sides) -> None:
    sides.draw(box(3, frame=3, at=30.0), box(3, frame=3, at=50.0))
    for workspace, text in ((sides.ours, "print(2)\n"), (sides.theirs, "print(3)\n")):
        top = Path(git(workspace.root, "rev-parse", "--show-toplevel"))
        (top / "train.py").write_text(text, encoding="utf-8")
        git(top, "commit", "-q", "-a", "-m", "code")
    git(sides.top, "fetch", "-q", "other")
    assert sides.run("merge", "--no-edit", "other/main").returncode == 1
    (sides.top / "train.py").write_text("print(1)\n", encoding="utf-8")
    git(sides.top, "commit", "-q", "-a", "--no-edit")
    sides.edit(sides.ours, ChangeSet(shapes=(box(3, frame=3, at=77.0),)))
    assert len(adopt_pending(sides.ours).conflicts) == 1
    assert len(sides.conflicts()) == 1
    sides.assert_sound()


def test_stash_pop_keeps_what_met(sides: Sides) -> None:
    shard = sides.ours.root / "tasks/1/annotations/1/0.jsonl"
    # A person edits the file by hand, puts the edit aside, and takes it up again later.
    old, new = (f'"id":3,"type":"rectangle","label":"car","points":[{left},'.encode() for left in ("0.0", "5.0"))
    shard.write_bytes(shard.read_bytes().replace(old, new))
    git(sides.top, "stash", "-q")
    sides.edit(sides.ours, ChangeSet(shapes=(box(3, frame=3, at=30.0), box(101, frame=3))))
    git(sides.top, "stash", "pop", "-q")
    assert git(sides.top, "stash", "list") == ""
    assert sides.shapes()[3].points[0] == 30.0
    adopt_pending(sides.ours)
    (conflict,) = sides.conflicts()
    assert conflict.fields[0].theirs == [5.0, 0.0, 10.0, 10.0]
    assert not has_notes(sides.ours.root)

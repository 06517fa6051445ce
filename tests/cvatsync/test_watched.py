"""Clones that each watch a folder of their own: after a sync all have all frames, each once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import cvatsync
from cvatcore import Shape, Workspace
from cvatcore.workspace.watching import FolderWatch, WatchRule, WatchState
from kit.pictures import write_picture
from kit.team import bare_repository, git

LONG_AGO = 1_700_000_000


class Person:
    """A clone, and the folder that is watched in it."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.workspace = Workspace(root)
        self.task = self.workspace.tasks["street"]
        self.folder = folder
        self.watch = FolderWatch(self.workspace, WatchRule(folder=str(folder), task=self.task.id, stable=0))

    def put(self, *names: str) -> None:
        """Pictures whose contents are those of their name, wherever they are."""
        for name in names:
            write_picture(self.folder / name, mode="RGB", color=tuple(name.encode()[:3]))

    def look(self) -> WatchState:
        return self.watch.look().state

    def sync(self) -> None:
        cvatsync.sync(self.workspace.root)

    def draw(self, name: str) -> None:
        """A box on a picture, as wide as the last letter of its name says."""
        frame = self.names.index(name)
        job = next(job for job in self.task.jobs if job.start <= frame <= job.stop)
        job.add(Shape(frame=frame, id=0, type="rectangle", label="car", points=(0, 0, self.width(name), 2)))

    @staticmethod
    def width(name: str) -> float:
        return 1.0 + sum(name.removeprefix("drop/").encode()) % 7

    @property
    def names(self) -> list[str]:
        return [image.path for image in self.task.manifest.images]

    @property
    def boxes(self) -> dict[str, list[float]]:
        """The widths of the boxes by the picture that they are on."""
        found: dict[str, list[float]] = {}
        for job in self.task.jobs:
            for shape in job.annotations.shapes:
                found.setdefault(self.names[shape.frame], []).append(shape.points[2])
        return found


@pytest.fixture
def team(tmp_path: Path) -> Iterator[tuple[Person, Person]]:
    """Two clones of a workspace with an empty task."""
    remote = bare_repository(tmp_path / "team.git")
    with Workspace.init(tmp_path / "mara") as workspace:
        workspace.create_task("street", labels=["car"], data=None)
        git(workspace.root, "remote", "add", "origin", str(remote))
        cvatsync.sync(workspace.root)
    cvatsync.clone(str(remote), tmp_path / "ines")
    people = []
    for name in ("mara", "ines"):
        (tmp_path / name[0] / "drop").mkdir(parents=True)
        people.append(Person(tmp_path / name, tmp_path / name[0] / "drop"))
    yield people[0], people[1]
    for person in people:
        person.workspace.close()


def test_the_same_files_are_one_job(team: tuple[Person, Person]) -> None:
    mara, ines = team
    for person in team:
        person.put("sa1.png", "sa2.png")
        person.look()
    ines.put("sa3.png")
    ines.look()
    for person in (mara, ines, mara):
        person.sync()
    for person in team:
        assert person.names == ["sa1.png", "sa2.png", "sa3.png"]
        assert [(job.start, job.stop) for job in person.task.jobs] == [(0, 1), (2, 2)]
        # Each frame is where it was taken: those that both took, with who was first.
        assert person.task.document.data.sources[person.task.manifest.images[2].source].path == str(ines.folder)


def test_frames_after_common_ones_keep_their_folder(team: tuple[Person, Person]) -> None:
    mara, ines = team
    mara.put("sa1.png", "sa2.png")
    ines.put("sa1.png")
    for person in team:
        person.look()
    for person in (mara, ines, mara):
        person.sync()
    for person in team:
        assert person.names == ["sa1.png", "sa2.png"]
        sources = [person.task.document.data.sources[image.source].path for image in person.task.manifest.images]
        assert sources[1] == str(mara.folder)


def test_a_job_that_was_begun_stays(team: tuple[Person, Person]) -> None:
    mara, ines = team
    for person in team:
        person.put("sa1.png", "sa2.png")
        person.look()
    ines.draw("sa2.png")
    for person in (mara, ines, mara):
        person.sync()
    for person in team:
        assert [(job.start, job.stop) for job in person.task.jobs] == [(0, 1), (0, 1)]
        assert list(person.boxes) == ["sa2.png"]


def test_one_moves_a_file_while_the_other_adds_frames(team: tuple[Person, Person]) -> None:
    mara, ines = team
    mara.put("sa1.png", "sa2.png")
    mara.look()
    mara.sync()
    ines.sync()
    ines.put("in1.png")
    ines.look()
    ines.draw(next(name for name in ines.names if name.endswith("in1.png")))
    (mara.folder / "sa1.png").rename(mara.folder / "sa9.png")
    assert [one.now for one in mara.look().moved] == ["sa9.png"]
    for person in (mara, ines, mara):
        person.sync()
    for person in team:
        assert person.names == ["sa9.png", "sa2.png", "drop/in1.png"]
        assert list(person.boxes) == ["drop/in1.png"]
        assert person.workspace.conflicts() == []


@pytest.mark.parametrize("has_frames", [False, True])
def test_both_added_frames_different_ones_and_the_same(tmp_path: Path, has_frames: bool) -> None:
    remote = bare_repository(tmp_path / "team.git")
    with Workspace.init(tmp_path / "mara") as workspace:
        first = [write_picture(workspace.root / "media" / "first" / "abc.png").parent] if has_frames else None
        workspace.create_task("street", labels=["car"], data=first)
        git(workspace.root, "remote", "add", "origin", str(remote))
        cvatsync.sync(workspace.root)
    cvatsync.clone(str(remote), tmp_path / "ines")
    (tmp_path / "m" / "drop").mkdir(parents=True)
    (tmp_path / "i" / "drop").mkdir(parents=True)
    mara = Person(tmp_path / "mara", tmp_path / "m" / "drop")
    ines = Person(tmp_path / "ines", tmp_path / "i" / "drop")
    before = "drop/" if has_frames else ""
    mara.put("ma1.png", "ma2.png", "sa1.png")
    ines.put("in1.png", "sa1.png")
    mara.look()
    ines.look()
    for name in ("ma2.png", "sa1.png"):
        mara.draw(before + name)
    for name in ("in1.png", "sa1.png"):
        ines.draw(before + name)
    mara.sync()
    ines.sync()
    mara.sync()
    assert mara.task.manifest == ines.task.manifest
    assert mara.task.document == ines.task.document
    assert sorted(mara.names) == sorted(
        [
            *(["abc.png"] if has_frames else []),
            *(before + name for name in ("ma1.png", "ma2.png", "sa1.png", "in1.png")),
        ]
    )
    sizes = [(job.start, job.stop) for job in mara.task.jobs]
    covered = {frame for start, stop in sizes for frame in range(start, stop + 1)}
    assert covered == set(range(mara.task.size))
    assert [(job.start, job.stop) for job in ines.task.jobs] == sizes
    for person in (mara, ines):
        for name, widths in person.boxes.items():
            assert set(widths) == {Person.width(name)}
        assert sorted(map(len, person.boxes.values())) == [1, 1, 2]
    for person, name in ((mara, "ma1.png"), (ines, "in1.png")):
        assert person.task.frames.array(person.names.index(before + name)).shape == (6, 8, 3)
    # Nothing that the other has from elsewhere is taken once more.
    for person in (mara, ines):
        frames = person.names
        broken = person.look().broken
        assert person.names == frames
        assert all("from another folder" in note.reason for note in broken)
    mara.put("ma3.png")
    mara.look()
    ines.put("in2.png")
    ines.look()
    ines.sync()
    mara.sync()
    ines.sync()
    assert mara.names == ines.names
    assert {before + "ma3.png", before + "in2.png"} < set(mara.names)
    assert mara.task.frames.array(mara.names.index(before + "ma3.png")).shape == (6, 8, 3)
    assert ines.task.frames.array(ines.names.index(before + "in2.png")).shape == (6, 8, 3)
    for person in (mara, ines):
        person.workspace.close()

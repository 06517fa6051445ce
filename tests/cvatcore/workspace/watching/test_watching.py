"""All watched folders of a workspace, and the loop over them; waited for by what it tells, never by time."""

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cvatcore import Workspace
from cvatcore.errors import Conflict, InvalidDocument, InvalidInput
from cvatcore.workspace.watching import (
    RULES,
    Watching,
    WatchState,
    read_rules,
    unwatch_folder,
    watch_folder,
)
from kit.pictures import write_picture, write_video
from kit.samples import photo

SECONDS = 20


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    (tmp_path / "drop").mkdir()
    with Workspace.init(tmp_path / "w") as workspace:
        workspace.create_task("street", labels=["x"], data=None)
        yield workspace


class Runs:
    """A `Watching` that runs in a thread."""

    def __init__(self, workspace: Workspace, **options: Any) -> None:
        self._looked = threading.Condition()
        self.looks = 0
        self.watching = Watching(workspace, looked=self._count, **options)
        self._thread = threading.Thread(target=self.watching.run)

    def _count(self, states: tuple[WatchState, ...]) -> None:
        with self._looked:
            self.looks += 1
            self._looked.notify_all()

    def until(self, wanted: Callable[[], bool]) -> None:
        """Look at something after every look at the folders."""
        with self._looked:
            assert self._looked.wait_for(wanted, timeout=SECONDS)

    @contextmanager
    def running(self) -> Iterator["Runs"]:
        self._thread.start()
        try:
            self.until(lambda: self.looks > 0)
            yield self
        finally:
            self.watching.stop()
            self._thread.join(SECONDS)
            assert not self._thread.is_alive()


def test_what_the_system_tells_is_taken_without_polling(workspace: Workspace, tmp_path: Path) -> None:
    task = workspace.tasks["street"]
    watch_folder(task, tmp_path / "drop", stable=3600)
    with Runs(workspace, poll_seconds=3600).running() as runs:
        shutil.copy(photo("rocket.jpg"), tmp_path / "drop" / "a.jpg")
        (tmp_path / "drop" / "sub").mkdir()
        runs.until(lambda: task.size == 1)
        write_picture(tmp_path / "drop" / ".b.png").rename(tmp_path / "drop" / "b.png")
        runs.until(lambda: task.size == 2)
        (tmp_path / "drop" / "b.png").unlink()
        runs.until(lambda: bool(runs.watching.states[0].missing))
        unwatch_folder(workspace, tmp_path / "drop")
        runs.until(lambda: runs.watching.states == ())


def test_a_file_system_that_tells_nothing_is_polled(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("watchdog.observers.api.BaseObserver.start", refuse)
    task = workspace.tasks["street"]
    watch_folder(task, tmp_path / "drop", stable=0.01)
    with Runs(workspace, poll_seconds=0.02).running() as runs:
        write_picture(tmp_path / "drop" / "sub" / "a.png")
        runs.until(lambda: task.size == 1)


def test_it_goes_on_after_rules_that_cannot_be_read(workspace: Workspace, tmp_path: Path) -> None:
    (workspace.root / RULES).write_text("watch = 3\n")
    with pytest.raises(InvalidDocument):
        Watching(workspace).look()
    runs = Runs(workspace, poll_seconds=0.02)
    thread = threading.Thread(target=runs.watching.run)
    thread.start()
    (workspace.root / RULES).unlink()
    watch_folder(workspace.tasks["street"], tmp_path / "drop", stable=0)
    write_picture(tmp_path / "drop" / "a.png")
    runs.until(lambda: workspace.tasks["street"].size == 1)
    runs.watching.stop()
    thread.join(SECONDS)
    assert runs.watching.problem == ""


def test_another_start_knows_what_was_seen(workspace: Workspace, tmp_path: Path) -> None:
    task = workspace.tasks["street"]
    watch_folder(task, tmp_path / "drop", stable=0)
    path = write_picture(tmp_path / "drop" / "a.png")
    first = Watching(workspace)
    first.look()
    first.remember()
    content = path.read_bytes()
    path.write_bytes(content[:-1] + b"!")
    (look,) = Watching(workspace).look()
    assert [note.frame for note in look.state.changed] == [0]
    (workspace.root / ".cvat" / "watch.json").write_bytes(b"{nonsense")
    (look,) = Watching(workspace).look()
    assert look.state.frames == 1


def test_a_rule_that_is_changed_holds_from_then_on(workspace: Workspace, tmp_path: Path) -> None:
    task = workspace.tasks["street"]
    watch_folder(task, tmp_path / "drop", stable=0, recursive=False)
    write_picture(tmp_path / "drop" / "sub" / "a.png")
    watching = Watching(workspace)
    watching.look()
    assert task.size == 0
    watch_folder(task, tmp_path / "drop", stable=0)
    watching.look()
    assert (task.size, len(read_rules(workspace.root))) == (1, 1)


def test_a_task_of_a_video_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    film = workspace.create_task("film", labels=["x"], data=[write_video(tmp_path / "film.mp4", 5)])
    with pytest.raises(InvalidInput, match="those of a video"):
        watch_folder(film, tmp_path / "drop")
    assert read_rules(workspace.root) == ()


def test_a_folder_is_known_by_the_path_that_the_task_has_it_by(workspace: Workspace, tmp_path: Path) -> None:
    write_picture(tmp_path / "drop" / "a.png")
    task = workspace.tasks["street"]
    task.add_frames([tmp_path / "drop"])
    (tmp_path / "link").symlink_to(tmp_path / "drop")
    assert watch_folder(task, tmp_path / "link", stable=0).folder == str(tmp_path / "drop")
    Watching(workspace).look()
    assert task.size == 1
    with pytest.raises(Conflict):
        watch_folder(workspace.create_task("other", labels=["x"], data=None), tmp_path / "link")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[[watch]]\nfolder = "drop"\ntask = 1\n', "absolute path"),
        ('[[watch]]\nfolder = "/d"\ntask = 0\n', "a task's id"),
        ('[[watch]]\nfolder = "/d"\ntask = 1\nstable = -1\n', "a time from 0 up"),
        ('[[watch]]\nfolder = "/d"\ntask = 1\n[[watch]]\nfolder = "/d"\ntask = 2\n', "there twice"),
        ('[[watch]]\nfolder = "/d"\ntask = 1\nrecursiv = true\n', "unknown field"),
        ("[[watch]\n", "line 1"),
    ],
)
def test_rules_that_are_wrong(workspace: Workspace, text: str, words: str) -> None:
    (workspace.root / RULES).write_text(text)
    with pytest.raises(InvalidDocument) as caught:
        read_rules(workspace.root)
    assert words in str(caught.value)


def test_a_folder_made_anew_is_listened_to_anew(workspace: Workspace, tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    task = workspace.tasks["street"]
    watch_folder(task, drop, stable=3600)
    with Runs(workspace, poll_seconds=0.05).running() as runs:
        drop.rmdir()
        runs.until(lambda: "not there" in runs.watching.states[0].problem)
        drop.mkdir()
        runs.until(lambda: not runs.watching.states[0].problem)
        write_picture(drop / "a.png")
        runs.until(lambda: task.size == 1)


def test_rules_written_by_hand(workspace: Workspace, tmp_path: Path) -> None:
    workspace.create_task("other", labels=["x"], data=None)
    text = f'[[watch]]\nfolder = "{tmp_path}/drop/"\ntask = 1\n[[watch]]\nfolder = "{tmp_path}/drop//in/"\ntask = 2\n'
    (workspace.root / RULES).write_text(text)
    for name in ("a.png", "in/b.png"):
        write_picture(tmp_path / "drop" / name)
    for rule in read_rules(workspace.root):
        watch_folder(workspace.tasks[rule.task], rule.folder, stable=0)
    Watching(workspace).look()
    assert [[image.path for image in task.manifest.images] for task in workspace.tasks] == [["a.png"], ["b.png"]]

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from cvatcore import Shape, Workspace
from cvatcore.errors import (
    Conflict,
    InvalidDocument,
    InvalidInput,
    InvalidMedia,
    NotAWorkspace,
    NotFound,
    StorageFailed,
    UnsupportedVersion,
)
from cvatcore.schema import ImageFrame, Manifest, Task
from cvatcore.workspace.readers import KEPT, Readers, SharedReader
from kit.annotated import annotated, assert_sound, box, git, numbers, put
from kit.pictures import write_picture
from kit.tasks import make_task, numbered_pictures


def test_init_commits_everything_and_keeps_what_is_there(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*.log", encoding="utf-8")
    with Workspace.init(tmp_path, name='A "fine" name\\') as workspace:
        assert workspace.settings.name == "A 'fine' name/"
        assert workspace.me.role == "owner"
    assert (tmp_path / ".gitignore").read_text(encoding="utf-8").startswith("*.log\n# ")
    assert_sound(tmp_path)
    with pytest.raises(Conflict, match="is a workspace already"):
        Workspace.init(tmp_path)


def test_an_init_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*given: object, **named: object) -> None:
        raise StorageFailed("The disk is full.")

    monkeypatch.setattr("cvatcore.store.store.Store.commit", full)
    with pytest.raises(StorageFailed):
        Workspace.init(tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


def test_init_again_over_old_tasks_draws_other_ids(tmp_path: Path) -> None:
    annotated(tmp_path).close()
    (tmp_path / "cvat.toml").unlink()
    (tmp_path / ".cvat/ids.json").unlink()
    with Workspace.init(tmp_path) as workspace:
        assert workspace.store.ids.take("task") > 1_000_000
        assert len(workspace.tasks) == 1


def test_opened_from_a_folder_inside(tmp_path: Path) -> None:
    annotated(tmp_path).close()
    with Workspace(tmp_path / "tasks" / "1") as workspace:
        assert workspace.root == tmp_path.resolve()
    with pytest.raises(NotAWorkspace):
        Workspace(tmp_path / "nowhere")


def test_a_newer_format_is_not_touched(tmp_path: Path) -> None:
    with annotated(tmp_path) as workspace:
        head = workspace.store.history.head()
        (tmp_path / "cvat.toml").write_text('format = 2\nname = "x"\nnovelty = 1\n', encoding="utf-8")
        with pytest.raises(UnsupportedVersion, match="says format 2, and this program knows format 1"):
            put(workspace.job(1), box(1))
        assert workspace.store.history.head() == head
    with pytest.raises(UnsupportedVersion) as caught:
        Workspace(tmp_path)
    assert "pip install --upgrade" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("format = 1\nname = ", r"^cvat\.toml:2: "),
        ("<<<<<<< HEAD\nformat = 1\n", r"^cvat\.toml:1: "),
        ('format = "1"\nname = "x"\n', r"^cvat\.toml: Expected `int`"),
        ('format = 0\nname = "x"\n', "There is no format 0"),
        ('name = "x"\n', "missing required field `format`"),
        ('format = 1\nname = "x"\nspeed = 9\n', "unknown field `speed`"),
    ],
)
def test_broken_settings_are_named(tmp_path: Path, text: str, words: str) -> None:
    annotated(tmp_path).close()
    (tmp_path / "cvat.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidDocument, match=words):
        Workspace(tmp_path)


def test_a_broken_task_is_named_and_others_are_read(tmp_path: Path) -> None:
    with annotated(tmp_path) as workspace:
        make_task(workspace, numbered_pictures(3), labels=workspace.tasks[1].labels, name="other")
        (tmp_path / "tasks/1/task.json").write_text('{\n  "id": 1,\n  "name": }\n', encoding="utf-8")
        with pytest.raises(InvalidDocument, match=r"^tasks/1/task\.json:3: "):
            workspace.tasks[1].name  # noqa: B018  reading is the test
        assert workspace.tasks[2].size == 3
        (tmp_path / "tasks/1/manifest.jsonl").unlink()
        with pytest.raises(InvalidDocument, match=r"tasks/1/"):
            workspace.tasks[1].manifest  # noqa: B018


def test_jobs_are_changed_and_found(tmp_path: Path) -> None:
    with annotated(tmp_path, segment_size=40) as workspace:
        jobs = workspace.tasks["street"].jobs
        assert [(job.id, job.start, job.stop) for job in jobs] == [(1, 0, 39), (2, 40, 79), (3, 80, 99)]
        workspace.add_member("ann")
        job = workspace.job(2)
        job.update(state="completed", assignee="ann")
        assert (job.state, job.assignee) == ("completed", "ann")
        assert job.update(stage="validation").state == "new"
        with pytest.raises(NotFound, match="no member 'bob'"):
            job.update(assignee="bob")
        with pytest.raises(NotFound, match="There is no job 9"):
            workspace.job(9)
        assert git(tmp_path, "log", "-1", "--format=%s").strip() == "street, job 2: validation, new"
        assert_sound(tmp_path)


def test_objects_get_ids_and_are_replaced(tmp_path: Path) -> None:
    with annotated(tmp_path) as workspace:
        job = workspace.job(1)
        added = job.add(*(Shape(frame=0, id=0, type="tag", label="car") for _ in range(3)))
        first = added[0].id
        assert [shape.id for shape in added] == [first, first + 1, first + 2]
        assert job.annotations.tags == added
        saved = job.replace([added[1], box(10)])
        assert (saved.counts.added, saved.counts.removed, saved.counts.changed) == (1, 2, 0)
        assert numbers(job.annotations) == sorted([10, first + 1])
        with pytest.raises(InvalidInput):
            job.replace([box(11, label="bus")])
        assert numbers(job.annotations) == sorted([10, first + 1])


def test_a_removed_task_comes_back_with_git(tmp_path: Path) -> None:
    with annotated(tmp_path) as workspace:
        put(workspace.job(1), box(1))
        by_hand = tmp_path / "tasks/1/annotations/1/0.jsonl"
        by_hand.write_bytes(by_hand.read_bytes().replace(b"1.0,", b"2.0,"))
        (tmp_path / "tasks/1/my notes.txt").write_text("mine", encoding="utf-8")
        commit = workspace.tasks[1].delete()
        assert len(workspace.tasks) == 0
        assert (tmp_path / "tasks/1/my notes.txt").exists()
        git(tmp_path, "revert", "--no-edit", commit)
        assert workspace.job(1).annotations.shapes[0].points[0] == 2.0


def test_a_task_of_pictures(tmp_path: Path) -> None:
    for name in ("b/2.png", "a.png", "b/10.png"):
        write_picture(tmp_path / "photos" / name)
    with Workspace.init(tmp_path / "ws") as workspace:
        task = workspace.create_task("Street", labels=["car"], data=[tmp_path / "photos"], segment_size=2, project="P")
        assert task.size == 3
        assert [(job.start, job.stop) for job in task.jobs] == [(0, 1), (2, 2)]
        assert [label.name for label in task.labels] == ["car"]
        assert task.frames.frame(0).width == 8
        assert len(workspace.projects) == 1
        assert_sound(tmp_path / "ws")


def test_a_task_that_cannot_be_made_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_picture(tmp_path / "photos/a.png")
    (tmp_path / "photos/broken.png").write_bytes(b"no picture")
    with Workspace.init(tmp_path / "ws") as workspace:
        head = workspace.store.history.head()
        with pytest.raises(InvalidMedia, match=r"broken\.png"):
            workspace.create_task("x", labels=["car"], data=[tmp_path / "photos"], copy=True)
        (tmp_path / "photos/broken.png").unlink()

        def full(*given: object, **named: object) -> None:
            raise StorageFailed("The disk is full.")

        with monkeypatch.context() as patch:
            patch.setattr(workspace.store, "commit", full)
            with pytest.raises(StorageFailed):
                workspace.create_task("x", labels=["car"], data=[tmp_path / "photos"], copy=True)
        assert list((tmp_path / "ws").rglob("*.png")) == []
        wrongs: list[dict[str, Any]] = [
            {"labels": []},
            {"labels": ["a", "a"]},
            {"segment_size": -1},
            {"image_quality": 101},
            {"data": []},
        ]
        for wrong in wrongs:
            given: dict[str, Any] = {"labels": ["car"], "data": [tmp_path / "photos"], **wrong}
            with pytest.raises(InvalidInput):
                workspace.create_task("x", **given)
        for name in ("", "  ", "x" * 257, "a\x00b"):
            with pytest.raises(InvalidInput):
                workspace.create_task(name, labels=["car"], data=[tmp_path / "photos"])
        assert workspace.store.history.head() == head
        assert_sound(tmp_path / "ws")


class FakeReader:
    """A reader that knows whether it was used after it was closed."""

    def __init__(self) -> None:
        self.open = True

    def frame(self, number: int) -> int:
        assert self.open
        return number

    def close(self) -> None:
        assert self.open
        self.open = False


def test_media_are_not_closed_under_a_reader() -> None:
    made: list[FakeReader] = []
    inside, go = threading.Event(), threading.Event()

    class Slow(FakeReader):
        def preview(self, number: int, *, placeholder: bool) -> int:
            inside.set()
            assert go.wait(30)
            return self.frame(number)

    def opener() -> Any:
        made.append(Slow())
        return made[-1]

    shared: Any = SharedReader(opener)
    assert made == [], "nothing is opened before it is used"
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(shared.preview, 3)
        assert inside.wait(30)
        shared.close()
        assert [reader.open for reader in made] == [True]
        go.set()
        assert running.result() == 3
    assert [reader.open for reader in made] == [False]
    assert shared.preview(4) == 4
    assert [reader.open for reader in made] == [False, False]


def test_readers_of_tasks_that_were_not_used_for_long_are_closed() -> None:
    made: list[FakeReader] = []

    def opener(task: Task, manifest: Manifest) -> Any:
        made.append(FakeReader())
        return made[-1]

    readers = Readers(opener)
    manifest = Manifest(images=(ImageFrame(name="a", extension=".jpg", width=1, height=1),))
    tasks = [Task(id=number, name="x", created="2026-01-01T00:00:00Z") for number in range(1, KEPT + 4)]
    for task in tasks:
        reader = readers.of(task, manifest)
        reader.source_file  # noqa: B018  not used: not opened
        assert readers.of(task, manifest) is reader
        shared: Any = reader
        with shared._using():
            pass
    assert [reader.open for reader in made] == [False] * 3 + [True] * KEPT
    readers.forget(tasks[-1].id)
    assert not made[-1].open
    readers.close()
    assert not any(reader.open for reader in made)


def test_many_threads_on_many_jobs(tmp_path: Path) -> None:
    with annotated(tmp_path, segment_size=4) as workspace:
        assert len(workspace.tasks[1].jobs) == 25

        def use(number: int) -> int:
            job = workspace.job(1 + number % 25)
            if number % 10 == 0:
                put(job, box(1000 + number, job.start))
            return len(job.annotations.shapes) + len(job.labels) + job.task.size + workspace.settings.format

        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(use, range(200)))
        assert sum(len(job.annotations.shapes) for job in workspace.tasks[1].jobs) == 20
        assert_sound(tmp_path)

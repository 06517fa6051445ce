"""Saves as git sees them: what is amended, what is left alone, where the branch may be."""

from pathlib import Path

import pytest

from cvatcore import ChangeSet, Workspace
from cvatcore.errors import Busy, Conflict, NotAWorkspace, StorageFailed
from cvatcore.store import Amend, Author, plain_message
from cvatsync.history import GitHistory, open_history, open_repository
from kit.annotated import annotated, assert_sound, box, git, numbers, put
from kit.tasks import make_task, numbered_pictures

MARA = Author(name="Mara Lee", email="mara@example.org")
AMEND = Amend(key="job-1", seconds=300)


def commits(folder: Path) -> list[str]:
    return git(folder, "log", "--format=%s").splitlines()


class Clocked:
    """A history whose clock the test turns."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = 1_750_000_000.0
        self.history = GitHistory(open_repository(folder, create=True), folder, clock=lambda: self.now)
        self.saves = 0

    def save(self, *, author: Author = MARA, amend: Amend | None = AMEND) -> str:
        """A commit that would amend the one before it if it may; returns its id."""
        self.saves += 1
        prepared = self.history.prepare(
            {"file.txt": str(self.saves).encode()},
            message=lambda _: f"save {self.saves}\n\nCvat-Key: {amend.key if amend else ''}\n",
            author=author,
            amend=amend,
        )
        self.history.publish(prepared)
        (self.folder / "file.txt").write_text(str(self.saves), encoding="utf-8")
        self.history.settle(["file.txt"])
        return prepared.commit


def count(folder: Path) -> int:
    return int(git(folder, "rev-list", "--count", "HEAD"))


def test_the_window_counts_from_the_first_save(tmp_path: Path) -> None:
    clock = Clocked(tmp_path)
    clock.save()
    for seconds, expected in [(100, 1), (200, 1), (1, 2), (299, 2), (300, 3), (-1, 4)]:
        clock.now += seconds
        clock.save()
        assert count(tmp_path) == expected, seconds


@pytest.mark.parametrize(
    ("author", "amend", "amended"),
    [
        (MARA, AMEND, True),
        (Author(name="Mara Lee", email="other@example.org"), AMEND, False),
        (Author(name="Bo", email="mara@example.org"), AMEND, False),
        (MARA, Amend(key="job-2", seconds=300), False),
        (MARA, Amend(key="job-1", seconds=0), False),
        (MARA, None, False),
    ],
)
def test_who_and_what_may_amend(tmp_path: Path, author: Author, amend: Amend | None, amended: bool) -> None:
    clock = Clocked(tmp_path)
    clock.save()
    clock.save(author=author, amend=amend)
    assert count(tmp_path) == (1 if amended else 2)


@pytest.mark.parametrize("again", [False, True], ids=["same process", "reopened"])
@pytest.mark.parametrize(
    ("commands", "amended"),
    [
        ([], True),
        ([["tag", "v1"]], False),
        ([["tag", "-a", "v1", "-m", "one"]], False),
        ([["branch", "topic"]], False),
        ([["update-ref", "refs/remotes/origin/main", "HEAD"]], False),
        ([["push", "-q", "../bare", "main"], ["fetch", "-q", "../bare", "main:refs/remotes/origin/main"]], False),
        (
            [
                ["checkout", "-q", "-b", "topic"],
                ["commit", "-q", "--allow-empty", "-m", "x"],
                ["checkout", "-q", "main"],
            ],
            False,
        ),
        ([["checkout", "-q", "--detach"]], False),
        ([["update-ref", "refs/tags/blob", "HEAD:file.txt"]], True),
    ],
)
def test_what_others_may_build_on_is_not_amended(
    tmp_path: Path, commands: list[list[str]], amended: bool, again: bool
) -> None:
    folder = tmp_path / "ours"
    git(tmp_path, "init", "-q", "--bare", "bare")
    folder.mkdir()
    clock = Clocked(folder)
    clock.save()
    clock.save()
    clock.save(amend=Amend(key="job-1", seconds=0))
    for command in commands:
        git(folder, *(part if part != "HEAD:file.txt" else git(folder, "rev-parse", part).strip() for part in command))
    if again:
        clock.history.close()
        reopened = Clocked(folder)
        reopened.saves = clock.saves
        clock = reopened
    clock.save()
    assert count(folder) == (2 if amended else 3)


def test_older_branches_and_tags_do_not_keep_from_amending(tmp_path: Path) -> None:
    clock = Clocked(tmp_path)
    clock.save()
    git(tmp_path, "tag", "v1")
    git(tmp_path, "update-ref", "refs/remotes/origin/main", "HEAD")
    clock.save()
    clock.save()
    assert count(tmp_path) == 2


def test_a_merge_commit_is_not_amended(tmp_path: Path) -> None:
    clock = Clocked(tmp_path)
    clock.save()
    git(tmp_path, "checkout", "-q", "-b", "topic")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "theirs")
    git(tmp_path, "checkout", "-q", "main")
    git(tmp_path, "merge", "-q", "--no-ff", "-m", "merge\n\nCvat-Key: job-1", "topic")
    git(tmp_path, "branch", "-q", "-D", "topic")
    before = count(tmp_path)
    author = Author(name="Test Person", email="person@example.org")
    clock.now = float(git(tmp_path, "log", "-1", "--format=%at"))
    clock.save(author=author)
    assert count(tmp_path) == before + 1


def test_messages_add_up(tmp_path: Path) -> None:
    with annotated(tmp_path) as workspace:
        job = workspace.job(1)
        put(job, box(1), box(2))
        put(job, box(1, at=4.0))
        job.apply(ChangeSet(delete=frozenset({2})))
        assert commits(tmp_path)[0] == "street, job 1: 2 added, 1 changed, 1 removed"
        trailers = git(tmp_path, "log", "-1", "--format=%(trailers:key=Cvat-Added,valueonly)").strip()
        assert trailers == "2"
        assert git(tmp_path, "log", "-1", "--format=%an <%ae>").strip() == "Test Person <person@example.org>"
        assert len(commits(tmp_path)) == 3
        job.apply(ChangeSet(shapes=(box(7),)), author=MARA)
        assert git(tmp_path, "log", "-2", "--format=%an").split("\n")[:2] == ["Mara Lee", "Test Person"]
        assert_sound(tmp_path)


def test_a_commit_a_save(tmp_path: Path) -> None:
    with annotated(tmp_path, amend_seconds=0) as workspace:
        git(tmp_path, "commit", "-q", "-am", "settings")
        before = len(commits(tmp_path))
        put(workspace.job(1), box(1))
        put(workspace.job(1), box(2))
        assert len(commits(tmp_path)) == before + 2


def test_a_persons_own_edits_survive(tmp_path: Path) -> None:
    with annotated(tmp_path) as workspace:
        for name in ("staged.txt", "edited.txt"):
            (tmp_path / name).write_text("one\n", encoding="utf-8")
        git(tmp_path, "add", ".")
        git(tmp_path, "commit", "-q", "-m", "notes")
        (tmp_path / "staged.txt").write_text("two\n", encoding="utf-8")
        git(tmp_path, "add", "staged.txt")
        (tmp_path / "staged.txt").write_text("three\n", encoding="utf-8")
        (tmp_path / "edited.txt").write_text("two\n", encoding="utf-8")
        (tmp_path / "new.txt").write_text("new\n", encoding="utf-8")
        state = git(tmp_path, "status", "--porcelain")
        put(workspace.job(1), box(1))
        put(workspace.job(1), box(2))
        assert git(tmp_path, "status", "--porcelain") == state == " M edited.txt\nMM staged.txt\n?? new.txt\n"
        assert git(tmp_path, "show", ":staged.txt") == "two\n"
        assert "staged.txt" not in git(tmp_path, "show", "--stat", "HEAD")


def test_detached_head(tmp_path: Path) -> None:
    with annotated(tmp_path) as workspace:
        main = git(tmp_path, "rev-parse", "main")
        git(tmp_path, "checkout", "-q", "--detach")
        put(workspace.job(1), box(1))
        assert git(tmp_path, "rev-parse", "main") == main
        assert git(tmp_path, "rev-parse", "HEAD^") == main
        assert_sound(tmp_path)


def test_unborn_branch_of_any_name(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "team/labels")
    Workspace.init(tmp_path).close()
    assert git(tmp_path, "branch", "--show-current").strip() == "team/labels"
    assert len(commits(tmp_path)) == 1
    assert_sound(tmp_path)


def test_linked_worktree(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    annotated(first).close()
    git(first, "worktree", "add", "-q", "-b", "other", str(second))
    with Workspace(second) as workspace:
        put(workspace.job(1), box(1))
        assert numbers(workspace.job(1).annotations) == [1]
    assert git(first, "rev-parse", "main") == git(second, "rev-parse", "other^")
    for folder in (first, second):
        assert_sound(folder)


def test_workspace_in_a_folder_of_a_larger_repository(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "code.py").write_text("x = 1\n", encoding="utf-8")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "readme.txt").write_text("hello\n", encoding="utf-8")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "code")
    # Of another length: git tells edits of one length within one second apart only while nobody writes its index.
    (tmp_path / "code.py").write_text("x = 20\n", encoding="utf-8")
    with annotated(tmp_path / "data") as workspace:
        put(workspace.job(1), box(1))
        assert not (tmp_path / "data" / ".git").exists()
        assert git(tmp_path, "status", "--porcelain") == " M code.py\n"
        assert git(tmp_path, "show", "HEAD:code.py") == "x = 1\n"
        assert git(tmp_path, "show", "HEAD:data/readme.txt") == "hello\n"
        assert '"id":1' in git(tmp_path, "show", "HEAD:data/tasks/1/annotations/1/0.jsonl")
        workspace.tasks[1].delete()
        assert git(tmp_path, "show", "HEAD:data/readme.txt") == "hello\n"
        git(tmp_path, "fsck", "--strict", "--no-dangling")


def test_while_a_merge_is_under_way_saves_are_refused(tmp_path: Path) -> None:
    with annotated(tmp_path) as workspace:
        put(workspace.job(1), box(1))
        for branch, text in (("theirs", "a"), ("ours", "b")):
            git(tmp_path, "checkout", "-q", "-B", branch, "main")
            (tmp_path / "note.txt").write_text(text, encoding="utf-8")
            git(tmp_path, "add", ".")
            git(tmp_path, "commit", "-q", "-m", branch)
        git(tmp_path, "merge", "theirs", check=False)
        head = git(tmp_path, "rev-parse", "HEAD")
        with pytest.raises(Busy, match="A git merge is under way") as caught:
            put(workspace.job(1), box(2))
        assert "git merge --abort" in caught.value.hint
        assert git(tmp_path, "rev-parse", "HEAD") == head
        git(tmp_path, "merge", "--abort")
        put(workspace.job(1), box(2))
        assert_sound(tmp_path)


def test_a_branch_that_moves_during_a_save(tmp_path: Path) -> None:
    clock = Clocked(tmp_path)
    first = clock.save()
    prepared = clock.history.prepare({"a": b"1"}, message=plain_message("late"), author=MARA, amend=None)
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "somebody else")
    with pytest.raises(Conflict, match="branch moved"):
        clock.history.publish(prepared)
    with pytest.raises(Conflict, match="branch moved"):
        clock.history.prepare({"a": b"1"}, message=plain_message("x"), author=MARA, amend=None, onto=first)
    assert commits(tmp_path)[0] == "somebody else"


def test_a_save_is_planned_again_when_the_branch_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with annotated(tmp_path) as workspace:
        put(workspace.job(1), box(1))
        history, real = workspace.store.history, workspace.store.history.publish
        moved: list[str] = []

        def publish(prepared: object) -> tuple[Path, ...]:
            if not moved:
                moved.append(git(tmp_path, "commit", "-q", "--allow-empty", "-m", "somebody else"))
            return real(prepared)  # type: ignore[arg-type]  # handed on as it is

        monkeypatch.setattr(history, "publish", publish)
        put(workspace.job(1), box(2))
        assert commits(tmp_path)[1] == "somebody else"
        assert numbers(workspace.job(1).annotations) == [1, 2]
        assert_sound(tmp_path)


def test_reading_what_was(tmp_path: Path) -> None:
    clock = Clocked(tmp_path)
    assert clock.history.head() == ""
    assert clock.history.read("file.txt") is None
    first = clock.save(amend=None)
    second = clock.save(amend=None)
    history = clock.history
    assert history.read("file.txt") == b"2"
    assert history.read("file.txt", commit=first) == b"1"
    assert history.read("other.txt") is None
    assert history.read("file.txt", commit="f" * 40) is None
    assert history.contains(first)
    assert history.contains(second)
    assert not history.contains("f" * 40)


@pytest.mark.parametrize("name", ["", "<>", "a\nb", "Ünïcödé 名前", "\x00"])
def test_any_name_makes_a_commit(tmp_path: Path, name: str) -> None:
    clock = Clocked(tmp_path)
    clock.save(author=Author(name=name, email=name))
    git(tmp_path, "fsck", "--strict", "--no-dangling")


def test_no_repository(tmp_path: Path) -> None:
    with pytest.raises(NotAWorkspace, match="not in a git repository"):
        open_history(tmp_path)
    git(tmp_path, "init", "-q", "--bare", "bare")
    with pytest.raises(NotAWorkspace, match="bare"):
        open_history(tmp_path / "bare")


def test_a_broken_repository_is_a_sentence(tmp_path: Path) -> None:
    with annotated(tmp_path) as workspace:
        put(workspace.job(1), box(1))
        head = git(tmp_path, "rev-parse", "HEAD").strip()
        broken = tmp_path / ".git/objects" / head[:2] / head[2:]
    broken.chmod(0o644)
    broken.write_bytes(b"nothing")
    with Workspace(tmp_path) as workspace, pytest.raises(StorageFailed, match="Git failed in"):
        put(workspace.job(1), box(2))


def test_two_tasks_amend_apart(tmp_path: Path) -> None:
    with annotated(tmp_path) as workspace:
        make_task(workspace, numbered_pictures(3), labels=workspace.tasks[1].labels, name="other")
        put(workspace.job(1), box(1))
        put(workspace.job(2), box(2))
        put(workspace.job(1), box(3))
        assert [line.partition(":")[0] for line in commits(tmp_path)[:3]] == [
            "street, job 1",
            "other, job 2",
            "street, job 1",
        ]

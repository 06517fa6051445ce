"""The past of a workspace, with git itself as the witness."""

import random
from pathlib import Path

import pytest

from cvatcore.errors import Conflict, InvalidInput, NotFound
from cvatcore.store import Author
from cvatsync.past import GitPast, open_past
from kit.annotated import annotated, box, git, put

MARA = Author(name="Mara", email="mara@example.org")


def commit(root: Path, files: dict[str, str | None], message: str = "edit") -> str:
    for name, text in files.items():
        path = root / name
        if text is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    git(root, "add", "-A")
    git(root, "commit", "-q", "--allow-empty", "-m", message)
    return git(root, "rev-parse", "HEAD").strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    return tmp_path


def test_what_commits_hold(repository: Path) -> None:
    first = commit(repository, {"a.txt": "1", "b/c.txt": "2", "b/d/e.txt": "3"})
    second = commit(repository, {"a.txt": None, "b/c.txt": "4"}, "second\n\nbody")
    past = open_past(repository)
    assert past.blob(past.entries("b", commit=first)["c.txt"].id) == b"2"
    assert past.entries("b", commit=second)["d"].is_folder
    assert past.entry("a.txt", commit=second) is None
    assert past.entries("nowhere", commit=first) == {}
    assert past.commit(second).subject == "second"
    assert past.commit(second).parents == (first,)
    assert [change.path for change in past.changes(first, second)] == ["a.txt", "b/c.txt"]
    assert [change.path for change in past.changes("", first, under="b")] == ["b/c.txt", "b/d/e.txt"]
    assert [change.path for change in past.changes(first, second, under="b/c.txt")] == ["b/c.txt"]
    assert list(past.changes(first, second, under="b/d")) == []
    with pytest.raises(NotFound):
        past.blob("0" * 40)
    with pytest.raises(NotFound):
        past.commit("no id")


def test_a_file_becomes_a_folder(repository: Path) -> None:
    first = commit(repository, {"a": "1"})
    second = commit(repository, {"a": None, "a/b": "1"})
    for under in ("", "a"):
        found = list(open_past(repository).changes(first, second, under=under))
        assert [(change.path, bool(change.before), bool(change.after)) for change in found] == [
            ("a", True, False),
            ("a/b", False, True),
        ]


def test_only_the_workspace_counts(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    with annotated(tmp_path / "labels", amend_seconds=0) as workspace:
        before = git(tmp_path, "rev-parse", "HEAD").strip()
        (tmp_path / "train.py").write_text("x", encoding="utf-8")
        git(tmp_path, "add", "train.py")
        git(tmp_path, "commit", "-qm", "code")
        after = put(workspace.job(1), box(1, 0))
        changed = list(workspace.past.changes(before, after))
        assert [change.path for change in changed] == ["tasks/1/annotations/1/0.jsonl"]
        assert [entry.subject for entry in workspace.past.log(paths=["tasks/1/annotations"])] == [
            "street, job 1: 1 added"
        ]


def test_log_follows_paths_through_merges(repository: Path) -> None:
    base = commit(repository, {"a": "1", "b": "1"}, "base")
    git(repository, "switch", "-qc", "side")
    side = commit(repository, {"a": "2"}, "side")
    git(repository, "switch", "-q", "main")
    main = commit(repository, {"b": "2"}, "main")
    git(repository, "merge", "-q", "--no-edit", "side")
    past = open_past(repository)
    assert [entry.id for entry in past.log(paths=["a"])] == [side, base]
    assert [entry.id for entry in past.log(paths=["b"])] == [main, base]
    assert {entry.id for entry in past.log(hidden=[base])} == set(git(repository, "rev-list", f"{base}..").split())
    assert {entry.id for entry in past.log()} == set(git(repository, "rev-list", "HEAD").split())


def test_log_is_git_s(repository: Path) -> None:
    """Over random histories without criss-cross the commits that touched a path are those that git names."""
    seed = random.Random(3)
    for number in range(60):
        name = f"f{seed.randrange(3)}"
        commit(repository, {name: str(seed.randrange(1000))}, f"{number}")
        if number % 10 == 4:
            git(repository, "switch", "-qc", f"side{number}")
        elif number % 10 == 9:
            git(repository, "switch", "-q", "main")
            git(repository, "merge", "-q", "-s", "ort", "-X", "theirs", "--no-edit", f"side{number - 5}")
    past = open_past(repository)
    for name in ("f0", "f1", "f2"):
        expected = git(repository, "log", "--format=%H", "--", name).split()
        assert {entry.id for entry in past.log(paths=[name])} == set(expected)


def test_revisions(repository: Path) -> None:
    first = commit(repository, {"a": "1"})
    second = commit(repository, {"a": "2"})
    past = open_past(repository)
    for name in ("HEAD", "", "main", second[:8]):
        assert past.resolve(name) == second
    assert past.resolve("HEAD~1") == first
    for wrong in ("nothing", "HEAD~9", "a b", "^", "..", "main..main", "0" * 40):
        with pytest.raises((NotFound, InvalidInput)):
            past.resolve(wrong)
    with pytest.raises((NotFound, InvalidInput)):
        past.resolve("HEAD:a")


def test_tags(repository: Path) -> None:
    first = commit(repository, {"a": "1"})
    past = GitPast(repository)
    past.tag("v1", commit=first, message="first", author=MARA)
    assert past.tags() == {"v1": first}
    assert past.resolve("v1") == first
    assert git(repository, "tag", "-n", "-l", "v1").split() == ["v1", "first"]
    with pytest.raises(Conflict):
        past.tag("v1", commit=first, message="", author=MARA)
    second = commit(repository, {"a": "2"})
    past.tag("v1", commit=second, message="", author=MARA, force=True)
    assert past.tags() == {"v1": second}
    for wrong in ("a b", "-x", "", "a..b", "x.lock"):
        with pytest.raises(InvalidInput):
            past.tag(wrong, commit=first, message="", author=MARA)
    past.delete_tag("v1")
    with pytest.raises(NotFound):
        past.delete_tag("v1")


def test_an_empty_repository(repository: Path) -> None:
    past = open_past(repository)
    assert list(past.log()) == []
    with pytest.raises(NotFound):
        past.resolve("HEAD")

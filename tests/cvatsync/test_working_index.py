"""Git's index changed in place is what git itself would have made of it."""

import os
import random
import subprocess
from pathlib import Path

import pytest

from cvatcore import Workspace
from cvatcore.errors import Busy
from cvatsync.history import open_repository
from cvatsync.index_file import DamagedIndexError, IndexFile, TreeCache, UnsupportedIndexError
from cvatsync.tree_bytes import BLOB, FOLDER, Entry, Tree, edit_tree
from cvatsync.working_index import WorkingIndex, _aside, lock_holder
from kit.annotated import annotated, assert_sound, box, git, put

LONG = f"{'x' * 200}/{'y' * 200}"
NAMES = ("a", "a.b", "a-b", "b/c", "b/c.d", "b/e/f", "b.x/y", "tasks/1/task.json", "tasks/10/task.json", LONG, "ü/ö")


def settled(folder: Path, *paths: str) -> WorkingIndex:
    index = WorkingIndex(open_repository(folder))
    index.settle(paths)
    return index


def write(folder: Path, path: str, data: bytes) -> None:
    place = folder / path
    for above in place.parents:
        if above.is_file():
            above.unlink()
    if place.is_dir():
        subprocess.run(["rm", "-r", str(place)], check=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)


def remove(folder: Path, path: str) -> None:
    place = folder / path
    if place.is_file():
        place.unlink()
        for above in place.parents:
            if above == folder or list(above.iterdir()):
                break
            above.rmdir()


@pytest.mark.parametrize("seed", range(12))
def test_random_operations_as_git_does_them(tmp_path: Path, seed: int) -> None:
    """Two repositories get the same files; one is staged by us, one by `git update-index`; a person stages, too."""
    chance = random.Random(seed)
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for folder in (ours, theirs):
        folder.mkdir()
        git(folder, "init", "-q")
        if seed % 3 == 1:
            git(folder, "config", "index.version", "3")
        if seed % 3 == 2:
            git(folder, "config", "core.untrackedCache", "true")
    repository = open_repository(ours)
    index = WorkingIndex(repository)
    for _ in range(25):
        paths = chance.sample(NAMES, chance.randint(1, 3))
        data = bytes(str(chance.randrange(4)), "ascii")
        word = chance.choice(["ours", "ours", "ours", "add", "edit", "commit", "intent", "skip", "remove"])
        for folder in (ours, theirs):
            for path in paths:
                if word == "remove" or (word == "ours" and data == b"0"):
                    remove(folder, path)
                elif word in {"ours", "add", "edit", "intent"}:
                    write(folder, path, data)
        if word in {"ours", "remove"}:
            index.settle(paths)
            for path in paths:  # Else git drops the entry and leaves it at that.
                git(theirs, "update-index", "--no-skip-worktree", path, check=False)
            given = "".join(f"{path}\0" for path in paths)
            command = ["git", "update-index", "--add", "--remove", "--replace", "-z", "--stdin"]
            subprocess.run(command, cwd=theirs, input=given.encode(), check=True)
        for folder in (ours, theirs):
            if word == "add":
                git(folder, "add", "-A", *(path for path in paths if (folder / path).exists()), check=False)
            elif word == "commit":
                git(folder, "commit", "-qm", "x", "--allow-empty", check=False)
            elif word == "intent":
                git(folder, "add", "-N", *(path for path in paths if (folder / path).exists()), check=False)
            elif word == "skip":
                git(folder, "update-index", "--skip-worktree", paths[0], check=False)
        listed = [git(folder, "ls-files", "--stage", "-v") for folder in (ours, theirs)]
        assert listed[0] == listed[1]
        assert git(ours, "status", "--porcelain") == git(theirs, "status", "--porcelain")
        git(ours, "fsck", "--strict", "--no-dangling")
    for folder in (ours, theirs):
        git(folder, "add", "-A")
    assert git(ours, "write-tree") == git(theirs, "write-tree")


def test_an_edit_right_after_git_looked_is_not_missed(tmp_path: Path) -> None:
    """Same length, same second: git distrusts what is as young as its index; so must who makes the index younger."""
    git(tmp_path, "init", "-q")
    for _ in range(20):
        write(tmp_path, "theirs.txt", b"old")
        write(tmp_path, "ours.txt", b"1")
        git(tmp_path, "add", "-A")
        with open(tmp_path / "theirs.txt", "r+b") as file:
            file.write(b"new")
        status = (tmp_path / "theirs.txt").stat()
        at = (tmp_path / ".git/index").stat()
        # As it is when all of this happens within one step of the clock.
        os.utime(tmp_path / "theirs.txt", ns=(status.st_atime_ns, at.st_mtime_ns))
        settled(tmp_path, "ours.txt")
        later = at.st_mtime_ns + 5_000_000_000
        os.utime(tmp_path / ".git/index", ns=(later, later))
        assert git(tmp_path, "diff", "--name-only") == "theirs.txt\n"


def test_conflicts_of_a_merge_end_with_the_file(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    ids = [git(tmp_path, "hash-object", "-w", "--stdin")] * 3
    lines = "".join(f"100644 {one.strip()} {stage}\ta\n" for stage, one in enumerate(ids, start=1))
    subprocess.run(["git", "update-index", "--index-info"], cwd=tmp_path, input=lines.encode(), check=True)
    assert len(git(tmp_path, "ls-files", "--unmerged").splitlines()) == 3
    write(tmp_path, "a", b"solved")
    settled(tmp_path, "a")
    assert git(tmp_path, "ls-files", "--unmerged") == ""
    assert git(tmp_path, "status", "--porcelain") == "A  a\n"


@pytest.mark.parametrize("version", [2, 4])
@pytest.mark.parametrize("setting", ["", "split", "hash"])
def test_other_kinds_of_index(tmp_path: Path, version: int, setting: str) -> None:
    with annotated(tmp_path) as workspace:
        put(workspace.job(1), box(1))
    git(tmp_path, "update-index", "--index-version", str(version))
    if setting == "split":
        git(tmp_path, "update-index", "--split-index")
    if setting == "hash":
        git(tmp_path, "config", "index.skipHash", "true")
    with Workspace(tmp_path) as workspace:
        put(workspace.job(1), box(1, at=3.0), box(2, 50))
        put(workspace.job(1), box(1, at=4.0), box(3, 90))
    assert_sound(tmp_path)


HEADER = b"DIRC" + (2).to_bytes(4) + (3).to_bytes(4)


@pytest.mark.parametrize("damage", [b"", b"\0" * 500, b"DIRC" + b"\0" * 100, HEADER + b"\0" * 400])
def test_an_index_that_a_power_cut_took_is_made_anew(tmp_path: Path, damage: bytes) -> None:
    with annotated(tmp_path) as workspace:
        put(workspace.job(1), box(1))
        (tmp_path / ".git/index").write_bytes(damage)
        put(workspace.job(1), box(2, 50))
    assert_sound(tmp_path)
    assert (tmp_path / ".git/index.damaged").read_bytes() == damage


def test_a_linked_worktree_has_its_own_index(tmp_path: Path) -> None:
    with annotated(tmp_path / "main") as workspace:
        put(workspace.job(1), box(1))
    git(tmp_path / "main", "worktree", "add", "-q", "../linked")
    with Workspace(tmp_path / "linked") as workspace:
        put(workspace.job(1), box(2, 50))
    assert_sound(tmp_path / "linked")
    assert_sound(tmp_path / "main")


def test_who_holds_the_index_is_waited_for_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cvatsync.working_index.WAIT_SECONDS", 0.05)
    git(tmp_path, "init", "-q")
    write(tmp_path, "a", b"1")
    holder = WorkingIndex(open_repository(tmp_path))
    holder.hold()
    assert lock_holder(holder.lock_path) == os.getpid()
    assert git(tmp_path, "add", "a", check=False) == ""
    with pytest.raises(Busy, match="Another git command"):
        settled(tmp_path, "a")
    holder.settle(["a"])
    assert git(tmp_path, "status", "--porcelain") == "A  a\n"
    holder.hold()
    holder.let_go()
    settled(tmp_path, "a")


def test_what_is_no_index_is_refused(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path, "a", b"1")
    git(tmp_path, "add", "a")
    data = (tmp_path / ".git/index").read_bytes()
    assert IndexFile(data, written_ns=0).find(b"a")
    for place in range(len(data)):
        broken = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        with pytest.raises(UnsupportedIndexError):
            IndexFile(broken, written_ns=0)
    for length in range(len(data)):
        with pytest.raises(DamagedIndexError):
            IndexFile(data[:length], written_ns=0)


def test_the_trees_that_git_remembers_are_forgotten_where_something_changes(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    for name in ("a/b/c", "a/d/e", "f/g"):
        write(tmp_path, name, b"1")
    git(tmp_path, "add", "-A")
    git(tmp_path, "write-tree")
    data = (tmp_path / ".git/index").read_bytes()
    start = data.index(b"TREE")
    length = int.from_bytes(data[start + 4 : start + 8])
    cache = TreeCache(data[start + 8 : start + 8 + length])
    assert cache.encode() == data[start : start + 8 + length]
    cache.forget(b"a/b/c")
    assert cache.encode().count(b"-1 ") == 3
    write(tmp_path, "a/b/c", b"2")
    settled(tmp_path, "a/b/c")
    git(tmp_path, "commit", "-qm", "x")
    git(tmp_path, "fsck", "--strict", "--no-dangling")
    assert git(tmp_path, "show", "HEAD:a/b/c") == "2"


@pytest.mark.parametrize("seed", range(5))
def test_trees_are_edited_as_git_sorts_them(tmp_path: Path, seed: int) -> None:
    import pygit2
    from pygit2.enums import FileMode

    chance = random.Random(seed)
    repository = pygit2.init_repository(str(tmp_path))
    blob, folder = repository.create_blob(b"x"), repository.TreeBuilder().write()
    names = ["a", "a.b", "a-b", "a0", "b", "bb", "1", "10", "2", "cvat.toml"]
    builder, tree, known = repository.TreeBuilder(), b"", Tree(b"")
    for _ in range(200):
        changes: dict[bytes, Entry | None] = {}
        for name in chance.sample(names, chance.randint(1, 4)):
            word = chance.choice(["file", "folder", "gone"])
            if builder.get(name) is not None:
                builder.remove(name)
            if word == "gone":
                changes[name.encode()] = None
                continue
            builder.insert(name, blob if word == "file" else folder, FileMode.BLOB if word == "file" else FileMode.TREE)
            changes[name.encode()] = Entry(BLOB, blob.raw) if word == "file" else Entry(FOLDER, folder.raw)
        tree = edit_tree(tree, changes)
        known = known.edited(changes)
        assert known.data == tree == repository.read(builder.write())[1]
        for name in names:
            key = name.encode()
            assert known.find(key) == Tree(tree).find(key) == changes.get(key, known.find(key))


def test_a_long_index_is_flushed_after_the_save(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cvatsync.working_index._LARGE_BYTES", 0)
    monkeypatch.setattr("cvatsync.working_index._FLUSH_SECONDS", 0.01)
    flushed: list[int] = []
    real = os.fsync
    with annotated(tmp_path) as workspace:
        for number in range(1, 20):
            put(workspace.job(1), box(number, number))
        assert_sound(tmp_path)

        def fsync(handle: int) -> None:
            flushed.append(os.fstat(handle).st_ino)
            real(handle)

        monkeypatch.setattr(os, "fsync", fsync)
        put(workspace.job(1), box(99))
    assert (tmp_path / ".git/index").stat().st_ino in flushed
    assert_sound(tmp_path)


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts open files as Linux lists them")
def test_long_indexes_that_were_replaced_do_not_stay_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cvatsync.working_index._LARGE_BYTES", 0)
    monkeypatch.setattr("cvatsync.working_index._FLUSH_SECONDS", 600)
    monkeypatch.setattr("cvatsync.working_index._PASSED_FILES", 2)
    with annotated(tmp_path) as workspace:
        put(workspace.job(1), box(1, 1))
        before = len(os.listdir("/proc/self/fd"))
        for number in range(2, 30):
            put(workspace.job(1), box(number, number))
        _aside().submit(int).result()  # What was given it before is done then.
        assert len(os.listdir("/proc/self/fd")) <= before + 4
    assert_sound(tmp_path)

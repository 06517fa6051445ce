"""Objects that a save writes itself, against those of libgit2 and git."""

import random
from pathlib import Path

import pygit2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygit2.enums import ObjectType

from cvatsync.commit_bytes import author_line, encode_commit, encode_signature
from cvatsync.history import objects_folder
from cvatsync.loose_objects import LooseObjects
from cvatsync.tree_writing import write_tree
from kit.annotated import git


@pytest.fixture
def repository(tmp_path: Path) -> pygit2.Repository:
    return pygit2.init_repository(str(tmp_path))


@pytest.fixture
def objects(repository: pygit2.Repository) -> LooseObjects:
    return LooseObjects(repository, objects_folder(repository))


@pytest.mark.parametrize("length", [0, 1, 8000, 100_000])
def test_they_are_what_libgit2_would_have_written(
    repository: pygit2.Repository, objects: LooseObjects, length: int
) -> None:
    data = random.Random(length).randbytes(length)
    oid = objects.write_blob(data)
    assert repository.read(pygit2.Oid(raw=oid)) == (ObjectType.BLOB, data)
    assert pygit2.hash(data).raw == oid
    # The same once more does no harm, and is told, too.
    assert objects.write_blob(data) == oid
    assert [one.raw for one in objects.taken()] == [oid, oid]
    assert objects.taken() == []
    assert not list(objects_folder(repository).rglob("tmp_obj*"))


def test_a_long_tree_that_is_stored_can_be_read_by_git(
    tmp_path: Path, repository: pygit2.Repository, objects: LooseObjects
) -> None:
    files: dict[str, bytes | None] = {f"tasks/{number:05}": b"%d" % number for number in range(2000)}
    first = write_tree(objects, b"", files)
    second = write_tree(objects, first, {"tasks/00007": b"other", "tasks/00008": None, "new": b"x"})
    git(tmp_path, "fsck", "--strict", "--no-dangling")
    tree = repository[pygit2.Oid(raw=second)]
    assert isinstance(tree, pygit2.Tree)
    tasks = tree["tasks"]
    assert isinstance(tasks, pygit2.Tree)
    assert len(tasks) == 1999
    assert git(tmp_path, "cat-file", "blob", f"{second.hex()}:tasks/00007") == "other"
    assert git(tmp_path, "cat-file", "blob", f"{second.hex()}:tasks/00009") == "9"
    # What was remembered is no other than what is read anew.
    again = LooseObjects(repository, objects_folder(repository))
    change: dict[str, bytes | None] = {"tasks/00009": b"last"}
    assert write_tree(again, second, change) == write_tree(objects, second, change)


def test_what_cannot_be_written_leaves_nothing(
    repository: pygit2.Repository, objects: LooseObjects, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.write", full)
        with pytest.raises(OSError, match="No space"):
            objects.write_blob(b"content")
    assert objects.taken() == []
    assert not [path for path in objects_folder(repository).rglob("*") if path.is_file()]
    assert objects.write_blob(b"content") == pygit2.hash(b"content").raw


words = st.text(
    st.characters(codec="utf-8", exclude_characters="<>\0\n\r", exclude_categories=("Cc", "Cs")), min_size=1
)


@given(
    name=words.map(str.strip).filter(bool),
    time=st.integers(0, 2**32 - 2),  # libgit2 writes no later ones
    offset=st.integers(-14 * 60, 14 * 60),
    message=st.text(st.characters(codec="utf-8", exclude_characters="\0")),
    parents=st.integers(0, 2),
)
def test_commits_are_what_libgit2_would_have_written(
    tmp_path_factory: pytest.TempPathFactory, name: str, time: int, offset: int, message: str, parents: int
) -> None:
    repository = pygit2.init_repository(str(tmp_path_factory.getbasetemp() / "commits"))
    tree = repository.TreeBuilder().write()
    try:
        author = pygit2.Signature(name, "mara@example.org", time, offset)
    except ValueError:
        return  # Names of nothing but what git strips.
    committer = pygit2.Signature("Ines", "ines@example.org", time + 1, 0)
    above = [repository.create_commit(None, committer, committer, str(number), tree, []) for number in range(parents)]
    oid = repository.create_commit(None, author, committer, message, tree, above)
    commit: object = repository[oid]
    assert isinstance(commit, pygit2.Commit)
    made = encode_commit(tree.raw, above, author=encode_signature(author), committer=committer, message=message)
    assert made == commit.read_raw()
    assert author_line(commit) == encode_signature(author)

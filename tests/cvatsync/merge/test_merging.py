"""The merge of trees against a model of it: dictionaries of paths."""

from collections.abc import Mapping

import pygit2
from hypothesis import given
from hypothesis import strategies as st
from pygit2.enums import FileMode

from cvatsync.merge.merging import Merged, merge_trees

PATHS = ["a", "d/a", "d/b", "d/e/a", "f/a", "f/g/h"]
Files = Mapping[str, str]

trees = st.dictionaries(st.sampled_from(PATHS), st.sampled_from(["1", "2", "3"]))


def write(repository: pygit2.Repository, files: Files) -> pygit2.Tree:
    builder = repository.TreeBuilder()
    below: dict[str, dict[str, str]] = {}
    for path, text in files.items():
        name, slash, rest = path.partition("/")
        if slash:
            below.setdefault(name, {})[rest] = text
        else:
            builder.insert(name, repository.create_blob(text.encode()), FileMode.BLOB)
    for name, inner in below.items():
        builder.insert(name, write(repository, inner).id, FileMode.TREE)
    return repository[builder.write()].peel(pygit2.Tree)


def read(tree: pygit2.Tree, path: str = "") -> dict[str, str]:
    files: dict[str, str] = {}
    for entry in tree:
        if isinstance(entry, pygit2.Tree):
            files |= read(entry, f"{path}{entry.name}/")
        elif isinstance(entry, pygit2.Blob):
            files[f"{path}{entry.name}"] = entry.data.decode()
    return files


def merge(repository: pygit2.Repository, bases: list[Files], ours: Files, theirs: Files) -> Merged:
    return merge_trees(
        repository,
        bases=[write(repository, base) for base in bases],
        ours=write(repository, ours),
        theirs=write(repository, theirs),
    )


@given(bases=st.lists(trees, min_size=1, max_size=2), ours=trees, theirs=trees)
def test_a_merge_is_that_of_each_path(
    repository: pygit2.Repository, bases: list[Files], ours: Files, theirs: Files
) -> None:
    wanted: dict[str, str] = {}
    conflicts = []
    for path in PATHS:
        before = {base.get(path) for base in bases}
        mine, other = ours.get(path), theirs.get(path)
        if mine == other or before == {other}:
            new = mine
        elif before == {mine}:
            new = other
        else:
            conflicts.append(path)
            continue
        if new is not None:
            wanted[path] = new
    merged = merge(repository, bases, ours, theirs)
    assert list(merged.blocked) == sorted(conflicts)
    if not conflicts:
        assert read(repository[merged.tree].peel(pygit2.Tree)) == wanted
        changed = {path for path in PATHS if ours.get(path) != wanted.get(path)}
        assert set(merged.changes) == changed
        # No empty folder is left, so the tree is the one that git would write.
        assert merged.tree == str(write(repository, wanted).id)


@given(base=trees, ours=trees, theirs=trees)
def test_both_sides_merge_to_the_same(repository: pygit2.Repository, base: Files, ours: Files, theirs: Files) -> None:
    one, other = merge(repository, [base], ours, theirs), merge(repository, [base], theirs, ours)
    assert one.blocked == other.blocked
    if not one.blocked:
        assert one.tree == other.tree


def test_a_file_against_a_folder_of_the_same_name(repository: pygit2.Repository) -> None:
    merged = merge(repository, [{"a": "1", "b": "1"}], {"a": "1", "b": "2"}, {"a/x": "1", "b": "1"})
    assert not merged.blocked
    assert read(repository[merged.tree].peel(pygit2.Tree)) == {"a/x": "1", "b": "2"}
    assert merged.changes["a"].new is None
    assert merged.changes["a/x"].old is None
    assert merge(repository, [{"a": "1"}], {"a": "2"}, {"a/x": "1"}).blocked == ("a",)

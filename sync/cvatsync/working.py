"""What a person has edited and not committed: the working tree against any commit, found through git's index."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from cvatcore.errors import NotFound
from cvatcore.store.files import read_file
from cvatcore.store.layout import place_of
from cvatcore.store.past import FileChange
from cvatsync.history import open_repository
from cvatsync.refusals import refusals_translated

if TYPE_CHECKING:
    import pygit2


def working_changes(root: Path, *, commit: str) -> list[FileChange]:
    """The files of the workspace at `root` that are not as a commit (an empty id: the empty workspace) has them.

    `after` is the id that git would give the file. Files that git does not track count where the format knows them.
    Only what git's index finds changed is read: otherwise it is a look at each file's status. Sorted by path.
    Errors: NotAWorkspace, NotFound for a commit that is not there, StorageFailed.
    """
    import pygit2

    repository = open_repository(root)
    try:
        with refusals_translated(root):
            tree = _tree(repository, commit) if commit else None
            prefix = os.path.relpath(root.resolve(), Path(repository.workdir).resolve()).replace(os.sep, "/")
            above = "" if prefix == "." else f"{prefix}/"
            paths = {
                path
                for path, tracked in _candidates(repository, tree)
                if path.startswith(above) and (tracked or place_of(path.removeprefix(above)) is not None)
            }
            found = []
            for path in sorted(paths):
                before = _blob(tree, path)
                data = read_file(Path(repository.workdir) / path)
                after = "" if data is None else str(pygit2.hash(data))
                if before != after:
                    found.append(FileChange(path=path.removeprefix(above), before=before, after=after))
            return found
    finally:
        repository.free()


def _tree(repository: pygit2.Repository, commit: str) -> pygit2.Tree:
    import pygit2

    found: object = repository.get(commit)
    if not isinstance(found, pygit2.Commit):
        raise NotFound(f"There is no commit {commit} in {repository.workdir}.")
    return found.tree


def _candidates(repository: pygit2.Repository, tree: pygit2.Tree | None) -> Iterator[tuple[str, bool]]:
    """Files that may differ from a tree, and whether git tracks them.

    They are those whose entry in git's index is not that of the tree, and those that are not as their entry says.
    """
    from pygit2.enums import DeltaStatus, DiffOption

    index = repository.index
    if tree is None:
        yield from ((entry.path, True) for entry in index)
    else:
        yield from ((delta.new_file.path or delta.old_file.path, True) for delta in tree.diff_to_index(index).deltas)
    flags = DiffOption.INCLUDE_UNTRACKED | DiffOption.RECURSE_UNTRACKED_DIRS | DiffOption.SKIP_BINARY_CHECK
    for delta in index.diff_to_workdir(flags=flags).deltas:
        yield delta.new_file.path or delta.old_file.path, delta.status != DeltaStatus.UNTRACKED


def _blob(tree: pygit2.Tree | None, path: str) -> str:
    import pygit2

    try:
        found = tree[path] if tree is not None else None
    except KeyError:
        return ""
    return str(found.id) if isinstance(found, pygit2.Blob) else ""

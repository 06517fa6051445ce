"""The commits of a workspace, read through libgit2."""

from __future__ import annotations

import contextlib
import difflib
import heapq
import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, cast

from cvatcore.errors import Conflict, InvalidInput, NotFound
from cvatcore.store import Author
from cvatcore.store.past import CommitInfo, FileChange, TreeEntry
from cvatsync.history import open_repository
from cvatsync.refusals import refusals_translated

if TYPE_CHECKING:
    import pygit2

_TREE = 0o040000
_TAGS = "refs/tags/"
_NAMED = ("refs/tags/", "refs/heads/", "refs/remotes/")


def open_past(root: Path) -> GitPast:
    """The past of the workspace at `root`.

    Errors: NotAWorkspace when it lies in no repository.
    """
    return GitPast(root)


class GitPast:
    """Reads with a repository of its own, so that a reader never waits for a writer."""

    def __init__(self, root: Path) -> None:
        self._repo = open_repository(root)
        self._lock = threading.RLock()  # A libgit2 repository must not be used by two threads at once.
        prefix = os.path.relpath(root.resolve(), Path(self._repo.workdir).resolve())
        self._prefix = "" if prefix == "." else prefix.replace(os.sep, "/")

    def resolve(self, revision: str) -> str:
        """The id of the commit that a revision names."""
        import pygit2

        with self._using():
            try:
                found = self._repo.revparse_single(revision or "HEAD")
                return str(found.peel(pygit2.Commit).id)
            except KeyError:
                raise self._unknown(revision) from None
            except ValueError as error:
                if "ambiguous" in str(error).lower():
                    raise InvalidInput(
                        f"{revision!r} is the beginning of several ids.", hint="Write more of it."
                    ) from None
                raise self._unknown(revision) from None
            except pygit2.GitError:
                raise InvalidInput(f"{revision!r} names something that is no commit.") from None

    def commit(self, commit: str) -> CommitInfo:
        """What is known of a commit."""
        with self._using():
            return _info(self._commit(commit))

    def entry(self, path: str, *, commit: str) -> TreeEntry | None:
        """The file or folder of that path in a commit, or None."""
        with self._using():
            found = self._find(self._commit(commit).tree, path)
            return None if found is None else _entry(found)

    def entries(self, folder: str, *, commit: str) -> Mapping[str, TreeEntry]:
        """What a folder of a commit holds, by name."""
        import pygit2

        with self._using():
            found = self._find(self._commit(commit).tree, folder)
            if not isinstance(found, pygit2.Tree):
                return {}
            return {entry.name: _entry(entry) for entry in found if entry.name is not None}

    def blob(self, id: str) -> bytes:
        """The content of a file by its id."""
        import pygit2

        with self._using():
            try:
                found: object = self._repo.get(id)
            except ValueError:
                found = None
            if not isinstance(found, pygit2.Blob):
                raise NotFound(f"There is no file {id} in {self._repo.workdir}.")
            return found.data

    def changes(self, before: str, after: str, *, under: str = "") -> Iterator[FileChange]:
        """The files that differ between two commits, sorted by path."""
        with self._using():
            old, new = (self._find(self._commit(one).tree, under) if one else None for one in (before, after))
            return iter(sorted(self._differences(old, new, under), key=lambda change: change.path))

    def log(self, *, start: str = "", paths: Iterable[str] = (), hidden: Iterable[str] = ()) -> Iterator[CommitInfo]:
        """Commits from `start` (HEAD, if empty) backwards, newest first."""
        wanted = tuple(paths)
        with self._using():
            if not start and self._repo.head_is_unborn:
                return
            first = self._commit(start or str(self._repo.head.target))
            allowed = self._reachable(first, tuple(hidden))
        waiting = [(-first.commit_time, 0, first)]
        seen = {str(first.id)}
        while waiting:
            _, _, commit = heapq.heappop(waiting)
            if allowed is not None and str(commit.id) not in allowed:
                continue
            with self._using():
                parents = commit.parents
                counts = True
                if wanted:
                    now = self._ids(commit, wanted)
                    same = [parent for parent in parents if self._ids(parent, wanted) == now]
                    counts = not same and (bool(parents) or any(now))
                    # What one side of a merge has as it is now came by that side: the other adds nothing.
                    parents = same[:1] or parents
                info = _info(commit) if counts else None
            for parent in parents:
                if str(parent.id) not in seen:
                    seen.add(str(parent.id))
                    # Of commits of one second the one that was met first comes first.
                    heapq.heappush(waiting, (-parent.commit_time, len(seen), parent))
            if info is not None:
                yield info

    def tags(self) -> Mapping[str, str]:
        """By name, the commits that have a tag."""
        import pygit2

        found: dict[str, str] = {}
        with self._using():
            for reference in self._repo.references.iterator():
                if reference.name.startswith(_TAGS):
                    with contextlib.suppress(pygit2.GitError, KeyError, ValueError):  # A tag of something else.
                        found[reference.name.removeprefix(_TAGS)] = str(reference.peel(pygit2.Commit).id)
        return dict(sorted(found.items()))

    def tag(self, name: str, *, commit: str, message: str, author: Author, force: bool = False) -> None:
        """Give a commit a name for good."""
        import pygit2

        ref = _TAGS + name
        with self._using():
            if name.startswith("-") or not pygit2.reference_is_valid_name(ref):
                raise InvalidInput(
                    f"{name!r} cannot be the name of a version.", hint="Use letters, digits, dots and dashes: v1.2."
                )
            if ref in self._repo.references:
                if not force:
                    raise Conflict(f"There is a version {name!r} already.", hint="Choose another name, or --force.")
                self._repo.references.delete(ref)
            tagger = pygit2.Signature(author.name or "annotator", author.email or "annotator@localhost")
            self._repo.create_tag(name, pygit2.Oid(hex=commit), pygit2.enums.ObjectType.COMMIT, tagger, message)

    def delete_tag(self, name: str) -> None:
        """Take a name away."""
        with self._using():
            if _TAGS + name not in self._repo.references:
                raise NotFound(f"There is no version {name!r}.", hint="See: cvat tag.")
            self._repo.references.delete(_TAGS + name)

    def close(self) -> None:
        """Free the repository's file handles."""
        with self._lock:
            self._repo.free()

    @contextlib.contextmanager
    def _using(self) -> Iterator[None]:
        with self._lock, refusals_translated(Path(self._repo.workdir)):
            yield

    def _commit(self, id: str) -> pygit2.Commit:
        import pygit2

        try:
            found: object = self._repo.get(id)
        except ValueError:
            found = None
        if not isinstance(found, pygit2.Commit):
            raise NotFound(f"There is no commit {id} in {self._repo.workdir}.")
        return found

    def _find(self, tree: pygit2.Tree, path: str) -> pygit2.Object | None:
        full = "/".join(part for part in (self._prefix, path) if part)
        if not full:
            return tree
        try:
            return tree[full]
        except KeyError:
            return None

    def _ids(self, commit: pygit2.Commit, paths: Iterable[str]) -> tuple[str, ...]:
        tree = commit.tree
        found = (self._find(tree, path) for path in paths)
        return tuple("" if one is None else str(one.id) for one in found)

    def _differences(self, old: pygit2.Object | None, new: pygit2.Object | None, path: str) -> Iterator[FileChange]:
        import pygit2

        if old is not None and new is not None and old.id == new.id:
            return
        before, after = (node if isinstance(node, pygit2.Blob) else None for node in (old, new))
        if before is not None or after is not None:
            yield FileChange(path=path, before=_id(before), after=_id(after))
        # A file that became a folder, or the other way round, is a removal and additions.
        old, new = (node if isinstance(node, pygit2.Tree) else None for node in (old, new))
        if old is not None:
            diff = old.diff_to_tree(new) if new is not None else old.diff_to_tree()
        elif new is not None:
            diff = new.diff_to_tree(swap=True)
        else:
            return
        above = f"{path}/" if path else ""
        for delta in diff.deltas:
            kind = delta.status_char()
            yield FileChange(
                path=above + (delta.new_file.path or delta.old_file.path),
                before="" if kind == "A" else str(delta.old_file.id),
                after="" if kind == "D" else str(delta.new_file.id),
            )

    def _reachable(self, first: pygit2.Commit, hidden: tuple[str, ...]) -> set[str] | None:
        if not hidden:
            return None
        walker = self._repo.walk(first.id)
        for one in hidden:
            walker.hide(self._commit(one).id)
        return {str(commit.id) for commit in walker}

    def _unknown(self, revision: str) -> NotFound:
        names = [name.removeprefix(kind) for name in self._repo.references for kind in _NAMED if name.startswith(kind)]
        close = difflib.get_close_matches(revision, names, n=3)
        hint = f"Did you mean: {', '.join(close)}?" if close else "See: cvat log, and cvat tag for the versions."
        return NotFound(f"There is no revision {revision!r}.", hint=hint)


def _id(blob: pygit2.Blob | None) -> str:
    return "" if blob is None else str(blob.id)


def _entry(node: pygit2.Object) -> TreeEntry:
    return TreeEntry(id=str(node.id), is_folder=cast("int", node.filemode) == _TREE or node.type_str == "tree")


def _info(commit: pygit2.Commit) -> CommitInfo:
    author = commit.author
    return CommitInfo(
        id=str(commit.id),
        parents=tuple(str(parent) for parent in commit.parent_ids),
        author=Author(name=author.name, email=author.email),
        time=author.time,
        offset=author.offset,
        message=commit.message,
    )

"""Bringing the branch and the working tree to a commit that others had a part in."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cvatcore.errors import Conflict, InvalidInput
from cvatcore.media.checksums import checksum
from cvatcore.media.pointers import LONGEST, read_pointer
from cvatcore.store import Prepared, Store
from cvatcore.store.layout import LOCAL
from cvatcore.store.operations import Deed
from cvatsync.trees import EXECUTABLE, LINK, REGULAR, Change, Leaf

if TYPE_CHECKING:
    import pygit2


class Landing(msgspec.Struct, frozen=True):
    """A repository, and the workspace in it that follows its branch."""

    repository: pygit2.Repository
    store: Store
    prefix: str
    """The folder of the workspace in the repository with a slash at its end; empty when they are the same."""

    def check(self, changes: Mapping[str, Change]) -> None:
        """Tell whether changes can land.

        Errors: Conflict when an edit that is not committed stands in the way, InvalidInput when a file has a name
        that must not be written.
        """
        check_names(changes, local=self.prefix + LOCAL)
        self._check_clean(changes)

    def land(self, changes: Mapping[str, Change], *, prepared: Prepared, deed: Deed | None = None) -> None:
        """Make a commit the newest, or check out its branch, and write the files that it changes.

        `deed` is what the operation log says of it; a sync, where nothing is said.
        Errors: as `check`; then nothing was changed.
        """
        self.check(changes)
        self.store.land(_Files(self.repository, changes, prefix=self.prefix), prepare=lambda: prepared, deed=deed)
        special = [path for path, change in changes.items() if _is_special(change.new)]
        if special:
            from pygit2.enums import CheckoutStrategy

            # Programs and links need more than bytes; the format has none, a repository around it may.
            commit = self.repository[prepared.commit]
            strategy = CheckoutStrategy.FORCE | CheckoutStrategy.DISABLE_PATHSPEC_MATCH
            self.repository.checkout_tree(  # type: ignore[no-untyped-call]  # pygit2 leaves it out
                commit, strategy=strategy, paths=special
            )

    def relative(self, path: str) -> str:
        """A path of the repository as the workspace has it."""
        return posixpath.relpath(path, self.prefix or ".")

    def _check_clean(self, changes: Mapping[str, Change]) -> None:
        index = self.repository.index
        index.read(False)
        workdir = Path(self.repository.workdir)
        removed = {path for path, change in changes.items() if change.new is None}
        blocked = [
            path
            for path, change in changes.items()
            if not _is_staged_clean(index, path, change)
            or not self._is_file_clean(workdir, path, change, removed=removed)
        ]
        if blocked:
            names = ", ".join(sorted(self.relative(path) for path in blocked[:5]))
            more = f" and {len(blocked) - 5} more" if len(blocked) > 5 else ""
            raise Conflict(
                f"These files were edited here and not committed, and this would change them too: {names}{more}.",
                hint="Commit the edits (git commit) or drop them (git checkout -- FILE), then try again.",
            )

    def _is_file_clean(self, workdir: Path, path: str, change: Change, *, removed: set[str]) -> bool:
        """Whether a file of the working tree is as the branch has it, or already as it shall be."""
        place = workdir / path
        parent = posixpath.dirname(path)
        while parent:
            above = workdir / parent
            if above.is_symlink() or (above.exists() and not above.is_dir()):
                return parent in removed and change.new is not None
            parent = posixpath.dirname(parent)
        wanted = {leaf.id for leaf in (change.old, change.new) if leaf is not None}
        if place.is_symlink():
            return _hash(os.fsencode(os.readlink(place))) in wanted
        if not place.exists():
            return change.old is None or change.new is None
        if place.is_dir():
            return self._will_be_empty(workdir, place, removed)
        if not wanted:
            return False
        # First, since media are large: of those in Git LFS the branch has pointers, and the folder the contents.
        if any(self._is_fetched(place, leaf) for leaf in wanted):
            return True
        # Line endings may be converted on the way in, which git knows; most often the bytes are equal.
        return _hash(place.read_bytes()) in wanted or str(self.repository.create_blob_fromworkdir(path)) in wanted

    def _is_fetched(self, place: Path, leaf: str) -> bool:
        """Whether a file has the contents that a pointer of Git LFS stands for."""
        import pygit2

        blob = self.repository.get(leaf)
        if not isinstance(blob, pygit2.Blob) or blob.size >= LONGEST:
            return False
        pointed = read_pointer(blob.data)
        return pointed is not None and place.stat().st_size == pointed.size and checksum(place) == pointed.checksum

    @staticmethod
    def _will_be_empty(workdir: Path, folder: Path, removed: set[str]) -> bool:
        inside = [
            os.path.relpath(os.path.join(above, name), workdir).replace(os.sep, "/")
            for above, _, names in os.walk(folder)
            for name in names
        ]
        return bool(inside) and removed.issuperset(inside)


def check_names(paths: Mapping[str, Change] | list[str], *, local: str = LOCAL) -> None:
    """Refuse files that would be written into git's folder, into this machine's own, or outside.

    A branch comes from strangers: git itself refuses these only where git itself writes them.
    Errors: InvalidInput.
    """
    for path in paths:
        parts = path.split("/")
        if path == local or path.startswith(local + "/") or any(map(_is_forbidden, parts)):
            raise InvalidInput(
                f"This commit holds a file that must not be written here: {path}.",
                hint="Remove it from the branch: git rm --cached, commit, push.",
            )


def _is_forbidden(part: str) -> bool:
    # NTFS knows `.git` as `git~1` too and drops dots and spaces at the end; HFS+ drops invisible letters.
    visible = "".join(letter for letter in part if letter.isprintable()).rstrip(". ").lower()
    if visible in {"", ".git", "git~1"}:
        return True
    return os.name == "nt" and any(letter in part for letter in '\\:<>"|?*')


def _is_staged_clean(index: pygit2.Index, path: str, change: Change) -> bool:
    staged = str(index[path].id) if path in index else None
    return staged in {leaf.id if leaf else None for leaf in (change.old, change.new)}


def _is_special(leaf: Leaf | None) -> bool:
    return leaf is not None and leaf.mode in {EXECUTABLE, LINK}


def _hash(data: bytes) -> str:
    import pygit2

    return str(pygit2.hash(data))


class _Files(Mapping[str, "bytes | None"]):
    """The bytes of the changed files, read from git one at a time; removals first, so that folders can be made."""

    def __init__(self, repository: pygit2.Repository, changes: Mapping[str, Change], *, prefix: str) -> None:
        self._repo = repository
        ordered = sorted(changes.items(), key=lambda item: item[1].new is not None)
        self._leaves = {
            posixpath.relpath(path, prefix or "."): change.new
            for path, change in ordered
            if change.new is None or change.new.mode != LINK
        }

    def __getitem__(self, path: str) -> bytes | None:
        import pygit2

        leaf = self._leaves[path]
        if leaf is None:
            return None
        blob = self._repo[leaf.id]
        if not isinstance(blob, pygit2.Blob) or leaf.mode not in {REGULAR, EXECUTABLE}:
            raise InvalidInput(
                f"This commit changes {path}, which is a submodule.",
                hint="Bring it in with git itself: git pull --recurse-submodules, git switch --recurse-submodules.",
            )
        return blob.data

    def __iter__(self) -> Iterator[str]:
        return iter(self._leaves)

    def __len__(self) -> int:
        return len(self._leaves)

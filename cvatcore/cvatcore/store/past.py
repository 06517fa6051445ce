"""What is asked of the past: commits, what they hold, what changed between two. Git answers it in `cvatsync`."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Protocol, cast

import msgspec

from cvatcore.store.history import Author

DEFAULT_PAST = "cvatsync.past:open_past"
"""Named, not imported: git sits above the core."""


class CommitInfo(msgspec.Struct, frozen=True):
    """One commit."""

    id: str
    parents: tuple[str, ...]
    author: Author
    time: int
    """When it was made, in seconds since 1970."""
    offset: int
    """The author's offset from UTC, in minutes."""
    message: str

    @property
    def subject(self) -> str:
        """The first line of its message."""
        return self.message.partition("\n")[0]


class TreeEntry(msgspec.Struct, frozen=True):
    """What a folder of a commit holds under one name."""

    id: str
    """Git's id of its content: equal ids are equal files, or equal folders with all that is in them."""
    is_folder: bool


class FileChange(msgspec.Struct, frozen=True):
    """A file that two commits have in different versions; an empty id is a file that is not there."""

    path: str
    before: str
    after: str


class Past(Protocol):
    """The commits of a workspace, to be read. Paths are relative to the workspace, with forward slashes.

    Safe to use from several threads. Nothing in it waits for a writer.
    """

    def resolve(self, revision: str) -> str:
        """The id of the commit that a branch, a tag, `HEAD~3`, an id or the beginning of one names.

        Errors: NotFound when there is none, with what it could have been; InvalidInput when it names several.
        """

    def commit(self, commit: str) -> CommitInfo:
        """What is known of a commit. Errors: NotFound."""

    def entry(self, path: str, *, commit: str) -> TreeEntry | None:
        """The file or folder of that path (the workspace itself: empty) in a commit, or None."""

    def entries(self, folder: str, *, commit: str) -> Mapping[str, TreeEntry]:
        """What a folder (the workspace itself: empty) of a commit holds, by name; empty where there is none."""

    def blob(self, id: str) -> bytes:
        """The content of a file by its id. Errors: NotFound."""

    def changes(self, before: str, after: str, *, under: str = "") -> Iterator[FileChange]:
        """The files that differ between two commits (an empty id: the empty workspace), sorted by path.

        `under` is a path that they lie below, or are. Folders that are equal are not looked into.
        """

    def log(self, *, start: str = "", paths: Iterable[str] = (), hidden: Iterable[str] = ()) -> Iterator[CommitInfo]:
        """Commits from `start` (HEAD, if empty) backwards, newest first, parents after children.

        With paths (files or folders), only those that changed something there, against each of their parents; a commit
        without parents counts when it has one of them. `hidden` are commits that are left out with all their ancestors.
        """

    def tags(self) -> Mapping[str, str]:
        """By name, the commits that have a tag."""

    def tag(self, name: str, *, commit: str, message: str, author: Author, force: bool = False) -> None:
        """Give a commit a name for good.

        Errors: InvalidInput for a name that git refuses; Conflict when the name is taken and `force` is false.
        """

    def delete_tag(self, name: str) -> None:
        """Take a name away. Errors: NotFound."""

    def close(self) -> None:
        """Free what is held."""


def open_past(root: Path) -> Past:
    """The past of the workspace at `root`."""
    opener = cast("Callable[[Path], Past]", pkgutil.resolve_name(DEFAULT_PAST))
    return opener(root)

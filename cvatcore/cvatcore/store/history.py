"""What the store asks of a version history. Git answers it in `cvatsync`; the core knows no git."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Protocol, cast

import msgspec

DEFAULT_HISTORY = "cvatsync.history:open_history"
"""Named, not imported: git sits above the core, and reading annotations must not load it."""


class Author(msgspec.Struct, frozen=True):
    """Who makes a change."""

    name: str
    email: str


class Amend(msgspec.Struct, frozen=True):
    """When a commit may take the place of the last one: same author, same key, young, unpublished."""

    key: str
    """Value of the trailer `Cvat-Key` that both commits must share."""
    seconds: int


Trailers = Mapping[str, str]
"""The `Name: value` lines at the end of a commit message."""


class Prepared(msgspec.Struct, frozen=True):
    """A commit that is on disk but that nothing points to yet."""

    commit: str
    expected: str
    """The commit that the branch must still be at; empty before the first one."""
    written: tuple[Path, ...] = ()
    """Files and folders that must be durable before it is published."""
    branch: str = ""
    """The name of another branch, which stands at the commit, that is to be checked out; empty to stay on this one."""


class History(Protocol):
    """The versions of a workspace. Paths are relative to its root, with forward slashes."""

    def head(self) -> str:
        """The id of the newest commit, or empty before the first one."""

    def branch(self) -> str:
        """The name of the branch that is checked out; empty when a single commit is."""

    def prepare(
        self,
        files: Mapping[str, bytes | None],
        *,
        message: Callable[[Trailers], str],
        author: Author,
        amend: Amend | None,
        onto: str | None = None,
    ) -> Prepared:
        """Write a commit with these files changed (None: removed) on top of the newest one.

        `message` gets the trailers of the commit that is amended, or none.
        Errors: Busy while a merge or rebase of the user is under way; Conflict when `onto` is given
        and is not the newest commit.
        """

    def publish(self, prepared: Prepared) -> tuple[Path, ...]:
        """Make a prepared commit the newest, or check out the branch that it names.

        Once the files that it returns are durable, the change is saved. Until `settle` or `let_go` no other program
        can record the working tree.
        Errors: Conflict when the branch moved in between, Busy while another program records the working tree; then
        nothing has changed.
        """

    def contains(self, commit: str) -> bool:
        """Whether a commit is the newest or one of its ancestors."""

    def read(self, path: str, *, commit: str = "") -> bytes | None:
        """A file as a commit has it (the newest one, if none is named), or None."""

    def settle(self, paths: Iterable[str]) -> tuple[Path, ...]:
        """Bring the history's own idea of the working tree (git's index) to the newest commit for these paths.

        Returns what has to be made durable for it.
        """

    def let_go(self) -> None:
        """End what `publish` began, where `settle` could not."""

    def break_locks(self, *, begun_ns: int, branch: str = "") -> None:
        """Remove the locks that a writer left who died in a change begun then (ns since 1970).

        `branch` is the one that it was about to check out, if it was.
        """

    def prepare_merges(self) -> None:
        """See to it that merges by the history's own programs (`git merge`) go by this one's rules.

        Most often a look at its settings. It never fails: where they cannot be written, those merges go by lines.
        """

    def identity(self) -> Author | None:
        """The person that this machine's settings name, if any."""

    def close(self) -> None:
        """Free what is held."""


def open_history(root: Path, *, create: bool = False) -> History:
    """The history of the workspace at `root`; `create` makes one where there is none."""
    opener = cast("Callable[..., History]", pkgutil.resolve_name(DEFAULT_HISTORY))
    return opener(root, create=create)

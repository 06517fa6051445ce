"""What is asked of the history as a store of objects: is it whole, can it be mended, can it take less room.

Git answers it in `cvatsync`.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Literal, Protocol, cast

import msgspec

DEFAULT_UPKEEP = "cvatsync.upkeep.upkeep:open_upkeep"
"""Named, not imported: git sits above the core."""

HistoryFaultKind = Literal["missing-object", "broken-reference", "git-fsck"]


class HistoryFault(msgspec.Struct, frozen=True):
    """Something of the history that cannot be read."""

    kind: HistoryFaultKind
    name: str
    """The id of an object, or the name of a reference."""
    message: str
    """A sentence."""
    path: str = ""
    """The file on disk that is at fault, where it is one."""
    used_as: str = ""
    """The file or folder of a commit that it is the content of, relative to the repository."""


class Space(msgspec.Struct, frozen=True):
    """How the objects lie on the disk."""

    loose: int
    """Objects in files of their own."""
    packs: int
    bytes: int


class Cleaned(msgspec.Struct, frozen=True):
    """What a clean-up did."""

    before: Space
    after: Space
    dropped_saves: int
    """Commits of saves that later ones had taken the place of."""


class Upkeep(Protocol):
    """The objects of a workspace's history. Used by one thread at a time."""

    def check(self, *, commits: Iterable[str] = ()) -> list[HistoryFault]:
        """Read every object that a branch, a tag, HEAD or these commits have; where git is installed, ask it, too."""

    def mend(self, faults: Iterable[HistoryFault], *, quarantine: Path) -> dict[str, str]:
        """Mend what can be mended, from the working tree, the index, logs and remotes.

        Broken files go to `quarantine`. Returns by the name of a fault what was done about it; others are as they were.
        """

    def space(self) -> Space:
        """How the objects lie on the disk."""

    def clean(
        self, *, keep: Callable[[], Iterable[str]], whole: bool, writing: Callable[[], AbstractContextManager[object]]
    ) -> Cleaned:
        """Pack loose objects, and drop what saves that amend each other have left behind.

        Args:
            keep: gives the commits that stay, with all that they hold, although nothing refers to them any more. It is
                asked again once no writer is at work.
            whole: whether to pack anew what is packed already.
            writing: keeps the writers of the workspace out for a moment.

        Errors: Busy while a merge or rebase is under way, StorageFailed.
        """

    def locks(self) -> Mapping[Path, float]:
        """Git's lock files, with their age in seconds; those of processes that live are left out."""

    def leftovers(self) -> Mapping[Path, float]:
        """Files that git programs which died have left among the objects, with their age in seconds."""

    def describe(self) -> Mapping[str, str]:
        """For a report: versions, branch, state, counts of objects. No names of people, no addresses."""

    def close(self) -> None:
        """Free what is held."""


def open_upkeep(root: Path) -> Upkeep:
    """The upkeep of the history of the workspace at `root`.

    Errors: NotAWorkspace.
    """
    opener = cast("Callable[[Path], Upkeep]", pkgutil.resolve_name(DEFAULT_UPKEEP))
    return opener(root)

"""What `cvat fsck` finds."""

from __future__ import annotations

from typing import Literal

import msgspec

FindingKind = Literal[
    "history",
    "broken-file",
    "missing-file",
    "wrong-file",
    "id-twice",
    "incomplete-track",
    "counters",
    "journal",
    "pending",
    "lock",
    "leftover",
    "cache",
    "not-committed",
]

NOTES: frozenset[str] = frozenset({"journal", "pending", "leftover", "not-committed"})
"""What is no fault: it goes away by itself, or waits for a person."""


class Finding(msgspec.Struct, frozen=True):
    """One thing that is not as it should be."""

    kind: FindingKind
    message: str
    """A sentence; without the file, which `path` has."""
    path: str = ""
    """The file, relative to the workspace; empty where it is none of it."""
    line: int = 0
    repaired: str = ""
    """What was done about it; empty when nothing was."""

    @property
    def is_fault(self) -> bool:
        """Whether it has to be repaired, and was not."""
        return self.kind not in NOTES and not self.repaired

    @property
    def text(self) -> str:
        """One line for a person."""
        place = f"{self.path}:{self.line}: " if self.line else f"{self.path}: " if self.path else ""
        done = f" Repaired: {self.repaired}." if self.repaired else ""
        return f"{place}{self.message}{done}"

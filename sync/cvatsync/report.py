"""What a sync did."""

from __future__ import annotations

import msgspec


class SyncReport(msgspec.Struct, frozen=True):
    """What came, what went, and where the branch is now."""

    remote: str
    """The address of the remote, without passwords."""
    branch: str
    commit: str
    """The newest commit, here and on the remote."""
    received: int = 0
    """Commits that came."""
    sent: int = 0
    """Commits that went, a merge commit among them."""
    merged: bool = False
    """Whether both sides had commits and a merge commit was made."""
    changed: tuple[str, ...] = ()
    """Files here that others changed, relative to the workspace, sorted."""

    @property
    def is_empty(self) -> bool:
        """Whether both sides were equal already."""
        return not (self.received or self.sent)

    @property
    def summary(self) -> str:
        """One sentence for a person."""
        if self.is_empty:
            return f"Nothing to do: {self.branch} is the same here and at {self.remote}."
        parts = []
        if self.received:
            parts.append(f"received {_count(self.received, 'commit')} ({_count(len(self.changed), 'file')} changed)")
        if self.merged:
            parts.append("merged")
        if self.sent:
            parts.append(f"sent {_count(self.sent, 'commit')}")
        return f"{self.branch} with {self.remote}: {', '.join(parts)}."


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"

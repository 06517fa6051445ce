"""What a sync, a pull, a push, a merge or a switch did."""

from __future__ import annotations

import msgspec


class SyncReport(msgspec.Struct, frozen=True):
    """What came, what went, and where the branch is now: of a sync, a pull or a push."""

    remote: str
    """The address of the remote, without passwords."""
    branch: str
    commit: str
    """The newest commit: here, and after a sync or a push on the remote."""
    received: int = 0
    """Commits that came."""
    sent: int = 0
    """Commits that went, a merge commit among them."""
    merged: bool = False
    """Whether both sides had commits and a merge commit was made."""
    changed: tuple[str, ...] = ()
    """Files here that others changed, relative to the workspace, sorted."""
    conflicts: int = 0
    """Things of which both sides changed the same field: ours stays until somebody chooses."""
    unsent: int = 0
    """Commits here that the remote lacks, after a pull."""
    versions: tuple[str, ...] = ()
    """Versions (`cvat tag`) that came or went, sorted."""
    versions_refused: tuple[str, ...] = ()
    """Versions that the remote did not take: it has other ones of these names, or wants none."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing had to be done."""
        return not (self.received or self.sent or self.versions)

    @property
    def summary(self) -> str:
        """One sentence for a person."""
        if self.is_empty and self.unsent:
            return f"Nothing to get: {self.branch} has all of {self.remote}, and {_count(self.unsent, 'commit')} more."
        if self.is_empty:
            return f"Nothing to do: {self.branch} is the same here and at {self.remote}."
        parts = []
        if self.received:
            parts.append(f"received {_count(self.received, 'commit')} ({_count(len(self.changed), 'file')} changed)")
        if self.merged:
            parts.append("merged")
        if self.conflicts:
            parts.append(_count(self.conflicts, "conflict"))
        if self.sent:
            parts.append(f"sent {_count(self.sent, 'commit')}")
        if self.versions:
            parts.append(f"versions: {', '.join(self.versions)}")
        return f"{self.branch} with {self.remote}: {', '.join(parts)}."


class MergeReport(msgspec.Struct, frozen=True):
    """What a merge of another branch did."""

    name: str
    """What was merged, as it was named."""
    branch: str
    """Where it came to; empty where no branch is checked out."""
    commit: str
    """The newest commit now."""
    received: int = 0
    """Commits that came."""
    merged: bool = False
    """Whether both sides had commits and a merge commit was made."""
    changed: tuple[str, ...] = ()
    """Files that changed, relative to the workspace, sorted."""
    conflicts: int = 0
    """Things of which both sides changed the same field: ours stays until somebody chooses."""

    @property
    def summary(self) -> str:
        """One sentence for a person."""
        here = self.branch or "HEAD"
        if not self.received:
            return f"Nothing to do: {here} has all of {self.name}."
        how = "merged" if self.merged else "moved forward"
        more = f", {_count(self.conflicts, 'conflict')}" if self.conflicts else ""
        return (
            f"{self.name} into {here}: {_count(self.received, 'commit')}, {how} "
            f"({_count(len(self.changed), 'file')} changed){more}."
        )


class SwitchReport(msgspec.Struct, frozen=True):
    """What a switch to another branch did."""

    branch: str
    commit: str
    """The newest commit there; empty on a branch without any."""
    created: bool = False
    """Whether the branch was made."""
    changed: tuple[str, ...] = ()
    """Files that changed, relative to the workspace, sorted."""
    left: str = ""
    """A commit that no branch has, which was left behind; `refs/cvat/left/` keeps it."""

    @property
    def summary(self) -> str:
        """One sentence for a person."""
        new = "the new branch " if self.created else ""
        return f"On {new}{self.branch} ({_count(len(self.changed), 'file')} changed)."


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"

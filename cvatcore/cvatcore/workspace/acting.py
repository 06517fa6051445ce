"""On whose behalf a workspace is changed: the person at this machine, or for a while somebody else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from cvatcore.schema import Member
from cvatcore.store import Author

_ACTING: ContextVar[Member | None] = ContextVar("acting", default=None)


@contextmanager
def acting_as(member: Member | None) -> Iterator[None]:
    """Let what follows be done by a person: `Workspace.me` and `Workspace.author` are theirs.

    It holds in this context alone (a thread, a coroutine), so that a daemon can serve many people at once. None stands
    for whoever acts already.
    """
    if member is None:
        yield
        return
    before = _ACTING.set(member)
    try:
        yield
    finally:
        _ACTING.reset(before)


def acting_member() -> Member | None:
    """Who acts in this context, if not the person at this machine."""
    return _ACTING.get()


def author_of(member: Member) -> Author:
    """Whom commits of a member name. Without an e-mail there is one that leads nowhere and still tells people apart."""
    return Author(name=member.name or member.username, email=member.email or f"{member.username}@{_NOWHERE}")


_NOWHERE = "members.invalid"
"""A domain that will never be anybody's (RFC 2606)."""

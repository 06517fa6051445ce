"""The remotes that a workspace's repository knows."""

from __future__ import annotations

from pathlib import Path

from cvatcore.errors import CvatError
from cvatsync.history import open_repository
from cvatsync.remote import shown_address


def remote_address(root: Path, remote: str) -> str:
    """Where the remote of that name is, for people: without passwords. Empty where there is none."""
    import pygit2

    try:
        repository = open_repository(root)
    except CvatError:
        return ""
    try:
        return shown_address(repository.remotes[remote].url or "")
    except (KeyError, ValueError, pygit2.GitError):
        return ""
    finally:
        repository.free()

"""Git under a workspace: commits, remotes and sync; the only package that knows pygit2."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cvatsync.cloning import clone
    from cvatsync.report import SyncReport
    from cvatsync.syncing import sync

__all__ = ["SyncReport", "clone", "sync"]

_HOMES = {"SyncReport": "cvatsync.report", "clone": "cvatsync.cloning", "sync": "cvatsync.syncing"}


def __getattr__(name: str) -> object:
    """Load a public name when it is first used: opening a history must not load what syncs it."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'cvatsync' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(home), name)

"""Git under a workspace: commits, remotes and sync; the only package that knows pygit2."""

from __future__ import annotations

# Not that of `typing`, which costs the merge driver a fifth of its start.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from cvatsync.branches import BranchInfo, create_branch, delete_branch, list_branches, merge_branch
    from cvatsync.cloning import clone
    from cvatsync.report import MergeReport, SwitchReport, SyncReport
    from cvatsync.revert.reverting import Reverted, revert_change
    from cvatsync.switching import switch
    from cvatsync.syncing import pull, push, sync

__all__ = [
    "BranchInfo",
    "MergeReport",
    "Reverted",
    "SwitchReport",
    "SyncReport",
    "clone",
    "create_branch",
    "delete_branch",
    "list_branches",
    "merge_branch",
    "pull",
    "push",
    "revert_change",
    "switch",
    "sync",
]

_HOMES = {
    "BranchInfo": "branches",
    "MergeReport": "report",
    "Reverted": "reverting",
    "SwitchReport": "report",
    "SyncReport": "report",
    "clone": "cloning",
    "create_branch": "branches",
    "delete_branch": "branches",
    "list_branches": "branches",
    "merge_branch": "branches",
    "pull": "syncing",
    "push": "syncing",
    "revert_change": "reverting",
    "switch": "switching",
    "sync": "syncing",
}


def __getattr__(name: str) -> object:
    """Load a public name when it is first used: opening a history must not load what syncs it."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'cvatsync' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"cvatsync.{home}"), name)

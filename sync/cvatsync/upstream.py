"""With which branch of which remote the checked-out branch is synced."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from cvatcore.errors import Conflict, InvalidInput

if TYPE_CHECKING:
    import pygit2

HEADS = "refs/heads/"


class Upstream(msgspec.Struct, frozen=True):
    """A branch here and its counterpart at a remote."""

    branch: str
    """The branch's short name."""
    remote: str
    ref: str
    """The branch's full name at the remote."""

    @property
    def tracking(self) -> str:
        """Where the remote's state, as it was seen last, is kept here."""
        return f"refs/remotes/{self.remote}/{self.ref.removeprefix(HEADS)}"

    @property
    def shown(self) -> str:
        """What people call it: `origin/main`."""
        return f"{self.remote}/{self.ref.removeprefix(HEADS)}"


def find_upstream(repository: pygit2.Repository, *, remote: str) -> Upstream:
    """The checked-out branch and where it goes: as git's settings say, else to the branch of the same name.

    Errors: InvalidInput without such a remote; Conflict when no branch is checked out.
    """
    head = repository.lookup_reference("HEAD").target
    if not isinstance(head, str) or not head.startswith(HEADS):
        raise Conflict(
            "No branch is checked out here: HEAD stands on a single commit.",
            hint="Go to a branch: cvat switch main; or make one of what is here: cvat switch --create NAME.",
        )
    names = list(repository.remotes.names())
    if remote not in names:
        others = f" It has: {', '.join(name for name in names if name)}." if names else ""
        raise InvalidInput(
            f"This workspace has no remote {remote!r}.{others}",
            hint=f"Say where it is shared: git remote add {remote} URL",
        )
    return upstream_of(repository, head.removeprefix(HEADS), remote=remote)


def upstream_of(repository: pygit2.Repository, branch: str, *, remote: str) -> Upstream:
    """Where a branch goes at a remote."""
    config = repository.config
    ref = HEADS + branch
    if f"branch.{branch}.remote" in config and config[f"branch.{branch}.remote"] == remote:
        merge = f"branch.{branch}.merge"
        ref = (merge in config and config[merge]) or ref
    return Upstream(branch=branch, remote=remote, ref=ref)


def known_upstream(repository: pygit2.Repository, branch: str) -> Upstream | None:
    """The counterpart that git's settings name for a branch, or None."""
    config = repository.config
    remote = f"branch.{branch}.remote"
    if remote not in config:
        return None
    name = config[remote]
    return upstream_of(repository, branch, remote=name) if name else None


def remember_upstream(repository: pygit2.Repository, upstream: Upstream) -> None:
    """Note it in git's settings for `git pull` and `git status`, unless the branch has one already."""
    config = repository.config
    if f"branch.{upstream.branch}.remote" not in config:
        config[f"branch.{upstream.branch}.remote"] = upstream.remote
        config[f"branch.{upstream.branch}.merge"] = upstream.ref


def tip_of(repository: pygit2.Repository, ref: str) -> str:
    """The commit that a reference stands on, or empty without one."""
    import pygit2

    reference = repository.references.get(ref)
    return "" if reference is None else str(reference.peel(pygit2.Commit).id)

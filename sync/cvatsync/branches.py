"""Branches: which there are, new ones, and those that go."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cvatcore.errors import Conflict, InvalidInput, NotFound
from cvatcore.workspace.leftover.pending import adopt_pending
from cvatsync.checkout import Checkout, open_checkout
from cvatsync.git_work import git_work
from cvatsync.joining import Join, join
from cvatsync.refusals import refusals_translated
from cvatsync.report import MergeReport
from cvatsync.upstream import HEADS, known_upstream, tip_of

if TYPE_CHECKING:
    import pygit2

_REMOTES = "refs/remotes/"


class BranchInfo(msgspec.Struct, frozen=True):
    """One branch."""

    name: str
    current: bool
    """Whether it is checked out in this workspace."""
    commit: str
    """Its newest commit; empty before the first one."""
    time: int
    """When that was made, in seconds since 1970."""
    subject: str
    """The first line of its message."""
    upstream: str = ""
    """Where it is shared: `origin/main`; empty where it is not."""
    ahead: int = 0
    """Commits that its upstream lacked when it was last fetched."""
    behind: int = 0
    """Commits of its upstream that it lacks."""


def list_branches(root: Path) -> tuple[BranchInfo, ...]:
    """The branches of a workspace, by name, the one that is checked out among them."""
    with open_checkout(root) as checkout, refusals_translated(checkout.workspace.root):
        here = checkout.workspace.store.history.branch()
        names = sorted({*checkout.repository.branches.local, *([here] if here else [])})
        return tuple(_info(checkout.repository, name, current=name == here) for name in names)


def create_branch(root: Path, name: str, *, start: str = "") -> BranchInfo:
    """Make a branch; the one that is checked out stays.

    Args:
        root: the workspace, or a folder in it.
        name: of the new branch.
        start: the revision that it starts from; HEAD if empty.

    Errors: InvalidInput for a name that git refuses; Conflict when there is such a branch; NotFound for the start.
    """
    with open_checkout(root) as checkout, git_work(checkout), refusals_translated(checkout.workspace.root):
        check_new_name(checkout.repository, name)
        commit = checkout.workspace.store.past.resolve(start) if start else checkout.head
        checkout.repository.create_reference(HEADS + name, commit, message=f"branch: Created from {start or 'HEAD'}")
        return _info(checkout.repository, name, current=False)


def delete_branch(root: Path, name: str, *, force: bool = False) -> str:
    """Delete a branch; returns the commit that it stood on, for whoever wants it back.

    Errors: NotFound; Conflict when it is checked out, or has commits that neither its upstream nor the branch that is
    checked out has, unless `force`.
    """
    with open_checkout(root) as checkout, git_work(checkout), refusals_translated(checkout.workspace.root):
        repository = checkout.repository
        branch = repository.branches.local.get(name)
        if branch is None:
            raise NotFound(f"There is no branch {name!r}.", hint=_known(repository))
        if branch.is_head() or branch.is_checked_out():
            raise Conflict(
                f"The branch {name!r} is checked out, here or in another worktree.", hint="Go to another one first."
            )
        commit = str(branch.target)
        if not force and (lost := _only_there(repository, name, commit)):
            commits = "1 commit" if lost == 1 else f"{lost} commits"
            raise Conflict(
                f"The branch {name!r} has {commits} that would be lost.",
                hint=f"Merge it first (cvat merge {name}), or say --force.",
            )
        branch.delete()
        return commit


def merge_branch(root: Path, name: str) -> MergeReport:
    """Merge a branch (of here or of a remote, or any revision) into the one that is checked out.

    Errors: NotFound; those of `join`.
    """
    with open_checkout(root) as checkout, git_work(checkout), refusals_translated(checkout.workspace.root):
        commit = commit_of(checkout, name)
        adopt_pending(checkout.workspace)
        done = join(checkout, commit, named=name, message=f"Merge {name}")
        return _merge_report(checkout, name, done)


def commit_of(checkout: Checkout, name: str) -> str:
    """The commit that a branch here or at a remote stands on, or that any other revision names.

    Errors: NotFound; InvalidInput for the beginning of several ids.
    """
    for folder in (HEADS, _REMOTES):
        if commit := tip_of(checkout.repository, folder + name):
            return commit
    return checkout.workspace.store.past.resolve(name)


def check_new_name(repository: pygit2.Repository, name: str) -> None:
    """Refuse a name that no new branch can have.

    Errors: InvalidInput; Conflict when there is such a branch.
    """
    import pygit2

    if name in {"", "HEAD"} or name.startswith("-") or not pygit2.reference_is_valid_name(HEADS + name):
        raise InvalidInput(
            f"{name!r} cannot be the name of a branch.", hint="Take letters, digits, dashes and slashes."
        )
    taken = [
        other for other in repository.branches.local if other == name or other.startswith(f"{name}/")
        or name.startswith(f"{other}/")
    ]  # fmt: skip
    if name in taken:
        raise Conflict(f"There is a branch {name!r} already.", hint=f"Go there with: cvat switch {name}.")
    if taken:
        raise Conflict(f"There cannot be a branch {name!r} beside {taken[0]!r}: git keeps one as the other's folder.")


def _known(repository: pygit2.Repository) -> str:
    names = ", ".join(sorted(repository.branches.local)[:10])
    return f"There are: {names}." if names else "There is none yet."


def _only_there(repository: pygit2.Repository, name: str, commit: str) -> int:
    """How many commits of a branch neither its upstream nor HEAD has."""
    upstream = known_upstream(repository, name)
    others = [tip_of(repository, upstream.tracking)] if upstream is not None else []
    if not repository.head_is_unborn:
        others.append(str(repository.head.target))
    walker = repository.walk(commit)
    for other in others:
        if other:
            walker.hide(other)
    return sum(1 for _ in walker)


def _info(repository: pygit2.Repository, name: str, *, current: bool) -> BranchInfo:
    import pygit2

    commit = tip_of(repository, HEADS + name)
    if not commit:
        return BranchInfo(name=name, current=current, commit="", time=0, subject="")
    found = repository[commit].peel(pygit2.Commit)
    upstream = known_upstream(repository, name)
    there = tip_of(repository, upstream.tracking) if upstream is not None else ""
    ahead, behind = repository.ahead_behind(commit, there) if there else (0, 0)
    return BranchInfo(
        name=name,
        current=current,
        commit=commit,
        time=found.commit_time,
        subject=found.message.partition("\n")[0],
        upstream=upstream.shown if upstream is not None and there else "",
        ahead=ahead,
        behind=behind,
    )


def _merge_report(checkout: Checkout, name: str, done: Join) -> MergeReport:
    return MergeReport(
        name=name,
        branch=checkout.workspace.store.history.branch(),
        commit=done.commit,
        received=done.behind,
        merged=done.is_merge,
        changed=tuple(sorted(checkout.landing.relative(path) for path in done.changes)),
        conflicts=len(done.conflicts),
    )

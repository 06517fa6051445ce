"""`cvat switch`: checking out another branch, all of it or nothing."""

from __future__ import annotations

from pathlib import Path

from cvatcore.errors import Conflict, InvalidInput, NotFound
from cvatcore.store import Prepared
from cvatsync.branches import check_new_name
from cvatsync.checkout import Checkout, open_checkout
from cvatsync.git_work import git_work
from cvatsync.history import check_at_rest
from cvatsync.refusals import refusals_translated
from cvatsync.report import SwitchReport
from cvatsync.trees import tree_changes
from cvatsync.upstream import HEADS, Upstream, remember_upstream, tip_of

LEFT = "refs/cvat/left/"
"""Where commits are kept that were made while no branch was checked out, and that no branch has."""


def switch(root: Path, name: str, *, create: bool = False, start: str = "") -> SwitchReport:
    """Check out another branch. Edits that are not committed stay where the branches do not differ.

    A branch that one remote has and that is not here yet is made, and follows that one.

    Args:
        root: the workspace, or a folder in it.
        name: of the branch.
        create: whether it is to be made.
        start: the revision that a new branch starts from; HEAD if empty.

    Errors: NotFound; Conflict when it exists and is to be made, is checked out in another worktree, or an edit that is
    not committed is in the way; InvalidInput for a name that git refuses; NotAWorkspace or UnsupportedVersion when the
    branch holds no workspace for this program; Busy. Then nothing was changed.
    """
    if start and not create:
        raise InvalidInput("A start is for a branch that is made.", hint=f"Say: cvat switch --create {name}.")
    with (
        open_checkout(root) as checkout,
        git_work(checkout),
        refusals_translated(checkout.workspace.root),
        checkout.workspace.store.writing(),
    ):
        check_at_rest(checkout.repository)
        if create:
            check_new_name(checkout.repository, name)
            return _create(checkout, name, start=start)
        return _switch(checkout, name)


def _switch(checkout: Checkout, name: str) -> SwitchReport:
    repository = checkout.repository
    branch = repository.branches.local.get(name)
    if branch is None:
        return _follow(checkout, name)
    if checkout.workspace.store.history.branch() == name:
        return SwitchReport(branch=name, commit=str(branch.target))
    if branch.is_checked_out():
        raise Conflict(f"The branch {name!r} is checked out in another worktree.", hint="See: git worktree list.")
    return _check_out(checkout, name, str(branch.target))


def _create(checkout: Checkout, name: str, *, start: str) -> SwitchReport:
    if not start and checkout.repository.head_is_unborn:
        checkout.repository.set_head(HEADS + name)
        return SwitchReport(branch=name, commit="", created=True)
    commit = checkout.workspace.store.past.resolve(start) if start else checkout.head
    return _check_out(checkout, name, commit, create=True)


def _follow(checkout: Checkout, name: str) -> SwitchReport:
    """Make a branch that follows the one of that name at a remote."""
    repository = checkout.repository
    remotes = [remote for remote in repository.remotes.names() if remote]
    having = [remote for remote in remotes if tip_of(repository, f"refs/remotes/{remote}/{name}")]
    if len(having) > 1:
        raise Conflict(
            f"Several remotes have a branch {name!r}: {', '.join(having)}.",
            hint=f"Say which: cvat switch --create {name} {having[0]}/{name}.",
        )
    if not having:
        names = ", ".join(sorted(repository.branches.local)[:10])
        raise NotFound(
            f"There is no branch {name!r} here or at a remote, as far as it was fetched.",
            hint=f"There are: {names}. Make one with: cvat switch --create {name}.",
        )
    check_new_name(repository, name)
    upstream = Upstream(branch=name, remote=having[0], ref=HEADS + name)
    report = _check_out(checkout, name, tip_of(repository, upstream.tracking), create=True)
    remember_upstream(repository, upstream)
    return report


def _check_out(checkout: Checkout, name: str, commit: str, *, create: bool = False) -> SwitchReport:
    repository = checkout.repository
    head = "" if repository.head_is_unborn else checkout.head
    there = checkout.tree(commit)
    checkout.check_workspace(there, named=f"The branch {name}" if not create else "The revision it starts from")
    changes = tree_changes(checkout.tree(head), there)
    checkout.landing.check(changes)
    left = _keep(checkout, head, going_to=commit)
    if create:
        repository.create_reference(HEADS + name, commit, message=f"branch: Created from {commit[:12]}")
    try:
        checkout.landing.land(changes, prepared=Prepared(commit=commit, expected=head, branch=name))
    except BaseException:
        if create and checkout.workspace.store.history.branch() != name:
            repository.references.delete(HEADS + name)
        raise
    return SwitchReport(
        branch=name,
        commit=commit,
        created=create,
        changed=tuple(sorted(checkout.landing.relative(path) for path in changes)),
        left=left,
    )


def _keep(checkout: Checkout, head: str, *, going_to: str) -> str:
    """Give what was saved while no branch was checked out a name of its own, so that it is never cleaned away."""
    repository = checkout.repository
    if not head or not repository.head_is_detached:
        return ""
    import pygit2

    walker = repository.walk(head)
    walker.hide(going_to)
    for reference in repository.references.iterator():
        try:
            walker.hide(reference.peel(pygit2.Commit).id)
        except (pygit2.GitError, KeyError, ValueError):
            continue  # A tag of something that is no commit.
    if next(iter(walker), None) is None:
        return ""
    repository.references.create(f"{LEFT}{head[:12]}", head, force=True)
    return head

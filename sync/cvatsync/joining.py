"""Joining: bringing another commit into the branch that is checked out. What sync, pull and merge have in common."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

import msgspec

from cvatcore.errors import Conflict, MergeConflict
from cvatcore.schema import ConflictDocument
from cvatcore.store import Prepared
from cvatcore.store.operations import Deed
from cvatsync.checkout import Checkout
from cvatsync.history import check_at_rest, object_files, objects_folder, signature_of
from cvatsync.merge.blocked import describe_blocked
from cvatsync.merge.merging import merge_trees
from cvatsync.trees import Change, tree_changes

if TYPE_CHECKING:
    import pygit2


class Join(msgspec.Struct, frozen=True):
    """What bringing a commit in comes to."""

    head: str
    """Where the branch was."""
    commit: str
    """Where it goes: to a merge commit, to the other commit where nothing was done here, or nowhere."""
    ahead: int
    """Commits here that the other side lacks, the merge commit not counted."""
    behind: int
    """Commits of the other side that came."""
    changes: Mapping[str, Change]
    """By path in the repository, what changes here."""
    conflicts: tuple[ConflictDocument, ...]
    """Where both sides set a field to different values: kept in files of the merge commit."""
    written: tuple[pygit2.Oid, ...]
    """Objects that were made for it."""
    message: str = ""
    """What was brought in, in words."""

    @property
    def is_merge(self) -> bool:
        """Whether both sides had commits."""
        return bool(self.ahead and self.behind)


def join(checkout: Checkout, commit: str, *, named: str, message: str) -> Join:
    """Bring a commit into the branch that is checked out: all of it, or nothing.

    Args:
        checkout: the workspace.
        commit: the id of the commit.
        named: what people call it, for the errors.
        message: the message of the merge commit, where one is needed.

    Errors: as `plan_join`; Busy; StorageFailed; Conflict when the branch moves in the meantime.
    """
    # What a crash cut off is finished first: nothing is merged from half a change.
    with checkout.workspace.store.writing():
        plan = plan_join(checkout, commit, named=named, message=message)
        land_join(checkout, plan)
        return plan


def plan_join(checkout: Checkout, commit: str, *, named: str, message: str) -> Join:
    """What `join` would do. Objects are written, and nothing that points to them; the caller holds the write lock.

    Errors: MergeConflict when files that have no rule for it were changed on both sides; Conflict when an edit that is
    not committed is in the way, the histories have nothing in common, or nothing is committed here; Busy while a merge
    or rebase is under way; NotAWorkspace, UnsupportedVersion, InvalidDocument for what cannot be brought in;
    InvalidInput when a file has a name that must not be written.
    """
    repository = checkout.repository
    check_at_rest(repository)
    head = checkout.head
    ahead, behind = repository.ahead_behind(head, commit)
    if not behind:
        return Join(head=head, commit=head, ahead=ahead, behind=0, changes={}, conflicts=(), written=())
    ours, theirs = checkout.tree(head), checkout.tree(commit)
    if ahead:
        plan = _plan_merge(checkout, head, commit, named=named, message=message, counts=(ahead, behind))
    else:
        plan = Join(
            head=head,
            commit=commit,
            ahead=0,
            behind=behind,
            changes=tree_changes(ours, theirs),
            conflicts=(),
            written=(),
            message=message,
        )
    checkout.check_workspace(checkout.tree(plan.commit), named=named)
    checkout.landing.check(plan.changes)
    return plan


def land_join(checkout: Checkout, plan: Join) -> None:
    """Do what was planned; the caller holds the write lock.

    Errors: Conflict when an edit is in the way or the branch moved in the meantime; StorageFailed: nothing was changed.
    """
    if not plan.behind:
        return
    prepared = Prepared(
        commit=plan.commit,
        expected=plan.head,
        written=tuple(object_files(objects_folder(checkout.repository), plan.written)),
    )
    checkout.landing.land(plan.changes, prepared=prepared, deed=Deed(kind="sync", subject=plan.message))


def _plan_merge(
    checkout: Checkout, head: str, other: str, *, named: str, message: str, counts: tuple[int, int]
) -> Join:
    repository = checkout.repository
    bases = merge_bases(repository, head, other)
    if not bases:
        raise Conflict(
            f"{named} has another history: it has no commit in common with this workspace.",
            hint="Check its name, and the address of the remote with: git remote -v.",
        )
    merged = merge_trees(
        repository,
        bases=[checkout.tree(base) for base in bases],
        ours=checkout.tree(head),
        theirs=checkout.tree(other),
        prefix=checkout.prefix,
        created=_later(repository, head, other),
    )
    if merged.blocked:
        paths = [checkout.landing.relative(path) for path in merged.blocked]
        raise MergeConflict(
            describe_blocked(paths),
            paths=paths,
            hint="Nothing was changed. Agree on one side, or merge by hand with git; then try again.",
        )
    signature = signature_of(checkout.workspace.author, int(time.time()))
    made = repository.create_commit(None, signature, signature, message + "\n", merged.tree, [head, other])
    return Join(
        head=head,
        commit=str(made),
        ahead=counts[0],
        behind=counts[1],
        changes=merged.changes,
        conflicts=merged.conflicts,
        written=(*merged.written, made),
        message=message,
    )


def merge_bases(repository: pygit2.Repository, ours: str, theirs: str) -> list[str]:
    """The best common ancestors; several when branches were merged crosswise, none when nothing is in common."""
    # pygit2's stubs do not know that there may be none.
    first = cast("pygit2.Oid | None", repository.merge_base(ours, theirs))
    if first is None:
        return []
    sides: list[dict[str, tuple[str, ...]]] = []
    for tip in (ours, theirs):
        walker = repository.walk(tip)
        walker.hide(first)
        sides.append({str(commit.id): tuple(map(str, commit.parent_ids)) for commit in walker})
    common = sides[0].keys() & sides[1].keys()
    # With a commit its ancestors are common too, so that the best are those that no other stands on.
    below = {parent for commit in common for parent in sides[0][commit]}
    return [str(first), *sorted(common - below)]


def _later(repository: pygit2.Repository, *commits: str) -> str:
    """The time of the newer commit: what a merge writes is then the same in every clone that makes it."""
    import pygit2

    newest = max(repository[commit].peel(pygit2.Commit).commit_time for commit in commits)
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(newest))

"""`cvat sync`, `cvat pull` and `cvat push`: exchanging commits with a remote.

What is to be sent goes first, and only then does anything move here: a sync that fails or is cut off leaves this side
as it was, wherever it stopped. Where the remote took the commits all the same, the next sync finds them there.
"""

from __future__ import annotations

import random
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cvatcore.errors import Conflict, RemoteFailed
from cvatcore.store.files import make_durable
from cvatcore.workspace.leftover.pending import adopt_pending
from cvatsync.checkout import Checkout, open_checkout
from cvatsync.git_work import git_work
from cvatsync.history import check_at_rest, object_files, objects_folder
from cvatsync.joining import Join, land_join, plan_join
from cvatsync.refusals import refusals_translated
from cvatsync.remote import Progress, fetch, shown_address
from cvatsync.remote import push as send
from cvatsync.report import SyncReport
from cvatsync.upstream import Upstream, find_upstream, remember_upstream, tip_of
from cvatsync.versions import known_versions, note_sent, tag_ref, take_versions, versions_to_send

if TYPE_CHECKING:
    import pygit2

OFFERED = "refs/cvat/offered"
"""The commit that was last sent, or nearly: from then on no save may amend it, whatever the network says."""

_ATTEMPTS = 5
"""How often somebody else may be faster before sync gives up."""

_PAUSE_SECONDS = 0.02
"""The longest pause after the first attempt; it doubles with each."""


def sync(
    root: Path, *, remote: str = "origin", progress: Progress | None = None, automatic: bool = False
) -> SyncReport:
    """Bring a workspace and its remote to the same state.

    Commits of others are fetched and merged by what they mean; commits made here are pushed, never forced. Edits of
    other files that are not committed stay as they are.

    Args:
        root: the workspace, or a folder in it.
        remote: the name of the git remote.
        progress: called with the objects received, or sent, and their number.
        automatic: whether nobody asked for it: then `cvat undo` passes it over.

    Errors: MergeConflict when both sides changed a file that is none of the workspace's in different ways; Conflict
    when an edit that is not committed is in the way, no branch is checked out or the histories have nothing in common;
    RemoteFailed; InvalidInput without a remote; Busy; UnsupportedVersion when the others' workspace is of a newer
    format; NotAWorkspace when they removed it. Then nothing was changed here.
    """
    with open_checkout(root) as checkout, git_work(checkout):
        checkout.workspace.store.is_automatic = automatic
        return _Exchange(checkout, remote).sync(progress)


def pull(root: Path, *, remote: str = "origin", progress: Progress | None = None) -> SyncReport:
    """Fetch what others did and merge it; nothing is sent. Arguments and errors are those of `sync`."""
    with open_checkout(root) as checkout, git_work(checkout):
        return _Exchange(checkout, remote).pull(progress)


def push(root: Path, *, remote: str = "origin", progress: Progress | None = None) -> SyncReport:
    """Send what was done here, never forced; nothing is merged.

    Arguments and errors are those of `sync`; RemoteFailed also when the remote has commits that are not here.
    """
    with open_checkout(root) as checkout, git_work(checkout):
        return _Exchange(checkout, remote).push(progress)


class _Sent(msgspec.Struct, frozen=True):
    """What is to be sent: a commit that stands on what the remote's branch was seen at."""

    commit: str
    expected: str
    """Where the remote's branch was; empty when there was none."""
    count: int


class _Exchange:
    def __init__(self, checkout: Checkout, remote: str) -> None:
        self._checkout = checkout
        self._repo: pygit2.Repository = checkout.repository
        self._root = checkout.workspace.root
        self._taken: set[str] = set()
        self._given: list[str] = []
        self._refused: list[str] = []
        with refusals_translated(self._root):
            check_at_rest(self._repo)
            adopt_pending(checkout.workspace)
            self._upstream: Upstream = find_upstream(self._repo, remote=remote)

    def sync(self, progress: Progress | None) -> SyncReport:
        reason = ""
        for attempt in range(_ATTEMPTS):
            self._fetch(progress)
            with refusals_translated(self._root), self._checkout.workspace.store.writing():
                plan, sent = self._plan()
                if not sent.count:
                    land_join(self._checkout, plan)
            if not sent.count:
                self._send_versions(plan.commit)
                return self._done(plan)
            reason = self._send(sent, progress)
            if reason:
                # Two that push at once must not meet again and again.
                time.sleep(random.uniform(0, _PAUSE_SECONDS * 2**attempt))
                continue
            self._send_versions(sent.commit)
            with refusals_translated(self._root):
                return self._done(self._land(plan), sent=sent)
        raise RemoteFailed(
            f"The commits could not be sent in {_ATTEMPTS} attempts, since the remote's branch was busy: {reason}.",
            hint="Nothing was changed here. Sync again in a moment.",
        )

    def pull(self, progress: Progress | None) -> SyncReport:
        self._fetch(progress)
        with refusals_translated(self._root), self._checkout.workspace.store.writing():
            self._check_branch()
            theirs = tip_of(self._repo, self._upstream.tracking)
            if not theirs:
                raise RemoteFailed(
                    f"The remote has no branch {self._upstream.shown}.", hint="Share this one with: cvat sync."
                )
            plan = self._plan_join(theirs)
            land_join(self._checkout, plan)
            return self._done(plan, unsent=plan.ahead + 1 if plan.is_merge else plan.ahead)

    def push(self, progress: Progress | None) -> SyncReport:
        self._fetch(progress)
        with refusals_translated(self._root), self._checkout.workspace.store.writing():
            self._check_branch()
            sent = self._to_send(self._checkout.head)
            if sent.count:
                self._repo.references.create(OFFERED, sent.commit, force=True)
        if sent.count and (reason := self._send(sent, progress)):
            raise self._behind(f"Somebody else was faster ({reason}).")
        self._send_versions(sent.commit)
        with refusals_translated(self._root):
            nothing = Join(
                head=sent.commit, commit=sent.commit, ahead=0, behind=0, changes={}, conflicts=(), written=()
            )
            return self._done(nothing, sent=sent)

    def _fetch(self, progress: Progress | None) -> None:
        remote = self._upstream.remote
        known = known_versions(self._repo, remote)
        fetch(self._repo, remote, progress=progress)
        with refusals_translated(self._root):
            self._taken.update(take_versions(self._repo, remote, known=known))

    def _send_versions(self, head: str) -> None:
        """Send the versions whose commits the remote has now. One that it refuses is told, and stops nothing."""
        remote = self._upstream.remote
        for name in versions_to_send(self._repo, remote, head=head):
            try:
                reason = send(self._repo, remote, source=tag_ref(name), ref=tag_ref(name), expected="")
            except RemoteFailed as error:
                reason = error.message
            if reason:
                self._refused.append(name)
            else:
                note_sent(self._repo, remote, name)
                self._given.append(name)

    def _to_send(self, head: str) -> _Sent:
        """What a push sends. Errors: RemoteFailed when the remote has commits that are not here."""
        theirs = tip_of(self._repo, self._upstream.tracking)
        if not theirs:
            return _Sent(commit=head, expected="", count=self._count_new(head))
        ahead, behind = self._repo.ahead_behind(head, theirs)
        if behind:
            commits = "1 commit that is" if behind == 1 else f"{behind} commits that are"
            raise self._behind(f"{self._upstream.shown} has {commits} not here.")
        return _Sent(commit=head, expected=theirs, count=ahead)

    def _count_new(self, head: str) -> int:
        """How many commits a branch that the remote has not yet brings to it."""
        walker = self._repo.walk(head)
        for name in self._repo.references:
            if name.startswith(f"refs/remotes/{self._upstream.remote}/") and (tip := tip_of(self._repo, name)):
                walker.hide(tip)
        # A name for what it has already is something to send, too.
        return sum(1 for _ in walker) or 1

    def _plan(self) -> tuple[Join, _Sent]:
        """The merge with what was fetched, and what is to be sent then, which is marked; the caller holds the lock."""
        self._check_branch()
        theirs = tip_of(self._repo, self._upstream.tracking)
        if theirs:
            plan = self._plan_join(theirs)
            sent = _Sent(commit=plan.commit, expected=theirs, count=plan.ahead + 1 if plan.is_merge else plan.ahead)
        else:
            head = self._checkout.head
            plan = Join(head=head, commit=head, ahead=0, behind=0, changes={}, conflicts=(), written=())
            sent = self._to_send(head)
        if sent.count:
            # A reference will stand on these objects: they must outlive a power cut as it does.
            make_durable(object_files(objects_folder(self._repo), plan.written))
            self._repo.references.create(OFFERED, sent.commit, force=True)
        return plan, sent

    def _plan_join(self, theirs: str) -> Join:
        name = self._upstream.shown
        return plan_join(self._checkout, theirs, named=name, message=f"Merge {name}")

    def _land(self, plan: Join) -> Join:
        """Bring here what was sent: as planned, or joined with what was saved here in the meantime."""
        with self._checkout.workspace.store.writing():
            self._check_branch()
            if plan.behind and self._checkout.head != plan.head:
                late = self._plan_join(plan.commit)
                land_join(self._checkout, late)
                return msgspec.structs.replace(
                    plan, changes={**plan.changes, **late.changes}, conflicts=(*plan.conflicts, *late.conflicts)
                )
            land_join(self._checkout, plan)
            return plan

    def _send(self, sent: _Sent, progress: Progress | None) -> str:
        return send(
            self._repo,
            self._upstream.remote,
            source=OFFERED,
            ref=self._upstream.ref,
            expected=sent.expected,
            progress=progress,
        )

    def _check_branch(self) -> None:
        check_at_rest(self._repo)
        if find_upstream(self._repo, remote=self._upstream.remote) != self._upstream:
            raise Conflict("Another branch was checked out in the meantime.", hint="Sync again.")

    def _behind(self, message: str) -> RemoteFailed:
        return RemoteFailed(message, hint="Nothing was sent. Get what others did, and send: cvat sync.")

    def _done(self, plan: Join, *, sent: _Sent | None = None, unsent: int = 0) -> SyncReport:
        if sent is not None:
            # Of the commit that was sent: a save may have moved the branch in the meantime.
            self._repo.references.create(self._upstream.tracking, sent.commit, force=True)
        remember_upstream(self._repo, self._upstream)
        return SyncReport(
            remote=shown_address(self._repo.remotes[self._upstream.remote].url or ""),
            branch=self._upstream.branch,
            commit=plan.commit,
            received=plan.behind,
            sent=sent.count if sent is not None else 0,
            merged=plan.is_merge,
            changed=tuple(sorted(self._checkout.landing.relative(path) for path in plan.changes)),
            conflicts=len(plan.conflicts),
            unsent=unsent,
            versions=tuple(sorted({*self._taken, *self._given})),
            versions_refused=tuple(self._refused),
        )

"""`cvat sync`: fetch, merge, push."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path
from typing import TYPE_CHECKING, cast

import msgspec

from cvatcore.errors import Conflict, MergeConflict, RemoteFailed
from cvatcore.store import Prepared
from cvatcore.store.layout import SETTINGS
from cvatcore.workspace import Workspace
from cvatcore.workspace.initialize import decode_settings
from cvatsync.branches import Upstream, find_upstream, remember_upstream, tip_of
from cvatsync.conflicts import describe_conflicts, is_task_folder
from cvatsync.history import check_at_rest, object_files, open_repository
from cvatsync.landing import Landing
from cvatsync.merging import Merged, merge_trees
from cvatsync.refusals import refusals_translated
from cvatsync.remote import Progress, fetch, push, shown_address
from cvatsync.report import SyncReport

if TYPE_CHECKING:
    import pygit2

OFFERED = "refs/cvat/offered"
"""The commit that was last sent, or nearly: from then on no save may amend it, whatever the network says."""

_ATTEMPTS = 5
"""How often somebody else may be faster before sync gives up."""


_PAUSE_SECONDS = 0.02
"""The longest pause after the first attempt; it doubles with each."""


def sync(root: Path, *, remote: str = "origin", progress: Progress | None = None) -> SyncReport:
    """Bring a workspace and its remote to the same state.

    Commits of others are fetched and merged file by file; commits made here are pushed, never forced. Edits of other
    files that are not committed stay as they are.

    Args:
        root: the workspace, or a folder in it.
        remote: the name of the git remote.
        progress: called with the objects received and their number.

    Errors: MergeConflict when both sides changed a file in different ways, Conflict when an edit that is not
    committed is in the way or the histories have nothing in common, RemoteFailed: then nothing was changed here.
    InvalidInput without a remote; Busy; UnsupportedVersion when the others' workspace is of a newer format.
    """
    with Workspace(root) as workspace:
        repository = open_repository(workspace.root)
        try:
            return _Sync(workspace, repository, remote=remote).run(progress)
        finally:
            repository.free()


class _Brought(msgspec.Struct, frozen=True):
    """What a merge brought in, and what is to be sent."""

    head: str
    theirs: str
    sent: int
    received: int = 0
    merged: bool = False
    changed: tuple[str, ...] = ()


class _Sync:
    def __init__(self, workspace: Workspace, repository: pygit2.Repository, *, remote: str) -> None:
        self._workspace = workspace
        self._repo = repository
        self._upstream: Upstream = find_upstream(repository, remote=remote)
        prefix = os.path.relpath(workspace.root, Path(repository.workdir).resolve())
        self._landing = Landing(
            repository=repository,
            store=workspace.store,
            prefix="" if prefix == "." else prefix.replace(os.sep, "/") + "/",
        )

    def run(self, progress: Progress | None) -> SyncReport:
        check_at_rest(self._repo)
        received, merged, changed = 0, False, set[str]()
        reason = ""
        for attempt in range(_ATTEMPTS):
            fetch(self._repo, self._upstream.remote, progress=progress)
            with refusals_translated(self._workspace.root):
                brought = self._bring_in()
            received += brought.received
            merged = merged or brought.merged
            changed.update(brought.changed)
            if brought.sent:
                reason = push(
                    self._repo,
                    self._upstream.remote,
                    source=OFFERED,
                    ref=self._upstream.ref,
                    expected=brought.theirs,
                )
                if reason:
                    # Two that push at once must not meet again and again.
                    time.sleep(random.uniform(0, _PAUSE_SECONDS * 2**attempt))
                    continue
            with refusals_translated(self._workspace.root):
                # Of the commit that was sent: a save may have moved the branch in the meantime.
                self._repo.references.create(self._upstream.tracking, brought.head, force=True)
                remember_upstream(self._repo, self._upstream)
            return SyncReport(
                remote=shown_address(self._repo.remotes[self._upstream.remote].url or ""),
                branch=self._upstream.branch,
                commit=brought.head,
                received=received,
                sent=brought.sent,
                merged=merged,
                changed=tuple(sorted(changed)),
            )
        raise RemoteFailed(
            f"The commits could not be sent in {_ATTEMPTS} attempts, since the remote's branch was busy: {reason}.",
            hint="What others sent is merged here. Sync again in a moment.",
        )

    def _bring_in(self) -> _Brought:
        """Merge what was fetched, and mark what is to be sent, as one step among the saves of this workspace."""
        # What a crash cut off is finished first: nothing is merged from half a change.
        with self._workspace.store.writing():
            check_at_rest(self._repo)
            if find_upstream(self._repo, remote=self._upstream.remote) != self._upstream:
                raise Conflict("Another branch was checked out during the sync.", hint="Sync again.")
            head = tip_of(self._repo, f"refs/heads/{self._upstream.branch}")
            if not head:
                raise Conflict(
                    "Nothing is committed here yet, so there is nothing to sync.",
                    hint="Commit the workspace: git add . && git commit.",
                )
            theirs = tip_of(self._repo, self._upstream.tracking)
            if not theirs:
                sent = sum(1 for _ in self._repo.walk(head))
                brought = _Brought(head=head, theirs="", sent=sent)
            else:
                brought = self._join(head, theirs)
            if brought.sent:
                self._repo.references.create(OFFERED, brought.head, force=True)
            return brought

    def _join(self, head: str, theirs: str) -> _Brought:
        ahead, behind = self._repo.ahead_behind(head, theirs)
        if not behind:
            return _Brought(head=head, theirs=theirs, sent=ahead)
        bases = self._merge_bases(head, theirs)
        if not bases:
            raise Conflict(
                f"The remote {self._upstream.remote!r} holds another history: it has no commit in common with this "
                "workspace.",
                hint="Check its address with: git remote -v.",
            )
        merged = merge_trees(
            self._repo,
            bases=[self._tree(base) for base in bases],
            ours=self._tree(head),
            theirs=self._tree(theirs),
            is_one_thing=lambda path: is_task_folder(path.removeprefix(self._landing.prefix)),
        )
        if merged.conflicts:
            paths = [self._landing.relative(path) for path in merged.conflicts]
            raise MergeConflict(
                describe_conflicts(paths, self._workspace),
                paths=paths,
                hint="Nothing was changed. Agree on one side, or merge by hand: git pull --no-rebase; then sync again.",
            )
        self._check_format(merged)
        commit = self._merge_commit(merged, head, theirs) if ahead else theirs
        written = tuple(object_files(self._repo, [*merged.written, self._repo[commit].id]))
        self._landing.land(merged.changes, prepared=Prepared(commit=commit, expected=head, written=written))
        return _Brought(
            head=commit,
            theirs=theirs,
            sent=ahead + 1 if ahead else 0,
            received=behind,
            merged=bool(ahead),
            changed=tuple(self._landing.relative(path) for path in merged.changes),
        )

    def _merge_bases(self, ours: str, theirs: str) -> list[str]:
        """The best common ancestors; several when branches were merged crosswise."""
        # pygit2's stubs do not know that there may be none.
        first = cast("pygit2.Oid | None", self._repo.merge_base(ours, theirs))
        if first is None:
            return []
        sides = []
        for tip in (ours, theirs):
            walker = self._repo.walk(tip)
            walker.hide(first)
            sides.append({str(commit.id) for commit in walker})
        common = sides[0] & sides[1]
        best = [one for one in common if not any(self._repo.descendant_of(other, one) for other in common)]
        return [str(first), *sorted(best)]

    def _check_format(self, merged: Merged) -> None:
        """A workspace that others moved to a newer format must not be brought under this program."""
        change = merged.changes.get(self._landing.prefix + SETTINGS)
        if change is not None and change.new is not None:
            import pygit2

            blob = self._repo[change.new.id]
            if isinstance(blob, pygit2.Blob):
                decode_settings(blob.data, place=f"{SETTINGS} of the remote")

    def _merge_commit(self, merged: Merged, ours: str, theirs: str) -> str:
        import pygit2

        author = self._workspace.author
        signature = pygit2.Signature(author.name, author.email)
        message = f"Merge {self._upstream.remote}/{self._upstream.ref.removeprefix('refs/heads/')}\n"
        oid = self._repo.create_commit(None, signature, signature, message, merged.tree, [ours, theirs])
        return str(oid)

    def _tree(self, commit: str) -> pygit2.Tree:
        import pygit2

        return self._repo[commit].peel(pygit2.Tree)

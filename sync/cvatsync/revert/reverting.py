"""Taking one change back in the midst of later ones: what undo, redo and restore stand on."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec

from cvatcore.schema import ConflictDocument
from cvatcore.store import Author, Prepared
from cvatcore.store.operations import Deed
from cvatcore.workspace import Workspace
from cvatsync.checkout import Checkout, checkout_of
from cvatsync.history import check_at_rest, object_files, objects_folder, signature_of
from cvatsync.merge.merging import merge_trees
from cvatsync.refusals import refusals_translated
from cvatsync.revert.former_names import remember_names
from cvatsync.revert.removed_since import leave_out_removed_since
from cvatsync.trees import edit_tree, node_at, tree_changes

if TYPE_CHECKING:
    import pygit2

    from cvatsync.merge.merging import Merged


class Reverted(msgspec.Struct, frozen=True):
    """What taking a change back came to."""

    commit: str
    """The newest commit now; the one from before when there was nothing left to take back."""
    before: str
    """The newest commit before that."""
    changed: tuple[str, ...] = ()
    """Files that changed, relative to the workspace, sorted."""
    conflicts: tuple[ConflictDocument, ...] = ()
    """What stayed since a later edit changed the same field: `ours` is its value, `theirs` the one not gone back to."""
    kept: tuple[str, ...] = ()
    """Documents and folders that the change had made, and that stay since a later edit changed them; sorted."""
    blocked: tuple[str, ...] = ()
    """Files that are none of the workspace's, which stay since a later edit changed the same lines; sorted."""

    @property
    def is_whole(self) -> bool:
        """Whether everything could be taken back."""
        return not (self.conflicts or self.kept or self.blocked)


def revert_change(workspace: Workspace, *, after: str, before: str, subject: str, author: Author) -> Reverted:
    """Take back what changed from one commit to another, and leave what was done since as it is.

    A three-way merge with the state after the change as the ancestor and the state before it as the other side. Where a
    later edit changed the same field it stays, and is told; what was removed later stays away; no conflict is written
    to the workspace.

    Args:
        workspace: the open workspace.
        after: the commit with the change.
        before: the commit without it; empty for a workspace that had nothing.
        subject: the message of the commit that is made.
        author: whose commit it is.

    Errors: NotFound when a commit is not there any more; Conflict when an edit that is not committed is in the way;
    Busy; InvalidDocument for a broken file; StorageFailed: then nothing was changed.
    """
    with checkout_of(workspace) as checkout, refusals_translated(workspace.root), workspace.store.writing():
        check_at_rest(checkout.repository)
        head = checkout.head
        ours = checkout.tree(head)
        made: list[pygit2.Oid] = []
        base, theirs = leave_out_removed_since(
            checkout.repository,
            after=checkout.tree(_known(checkout, after)),
            ours=ours,
            before=checkout.tree(_known(checkout, before) if before else ""),
            prefix=checkout.prefix,
            written=made,
        )
        merged = merge_trees(checkout.repository, bases=[base], ours=ours, theirs=theirs, prefix=checkout.prefix)
        merged = _with_former_names(checkout, merged, base=base, ours=ours, theirs=theirs, made=made)
        commit = head
        if merged.changes:
            checkout.check_workspace(checkout.repository[merged.tree], named="The state before this change")  # type: ignore[arg-type]  # a tree
            commit = _land(checkout, merged, head=head, subject=subject, author=author)
        relative = checkout.landing.relative
        return Reverted(
            commit=commit,
            before=head,
            changed=tuple(sorted(map(relative, merged.changes))),
            conflicts=merged.conflicts,
            kept=tuple(map(relative, merged.kept)),
            blocked=tuple(map(relative, merged.blocked)),
        )


def _with_former_names(
    checkout: Checkout,
    merged: Merged,
    *,
    base: pygit2.Tree,
    ours: pygit2.Tree,
    theirs: pygit2.Tree,
    made: list[pygit2.Oid],
) -> Merged:
    """The merge in which labels remember the names that lines since use; `made` are objects made before it."""
    repository, prefix = checkout.repository, checkout.prefix
    tree = repository[merged.tree]
    after, before, now = (node_at(root, prefix.rstrip("/")) for root in (base, theirs, tree))
    documents = remember_names(after=after, before=before, merged=now)
    changes = merged.changes
    if documents:
        edits = {prefix + path: data for path, data in documents.items()}
        tree = repository[edit_tree(repository, tree, edits, written=made) or tree.id]
        changes = tree_changes(ours, tree)
    return msgspec.structs.replace(merged, tree=str(tree.id), changes=changes, written=(*made, *merged.written))


def _land(checkout: Checkout, merged: Merged, *, head: str, subject: str, author: Author) -> str:
    signature = signature_of(author, int(time.time()))
    message = subject if subject.endswith("\n") else subject + "\n"
    made = checkout.repository.create_commit(None, signature, signature, message, merged.tree, [head])
    written = tuple(object_files(objects_folder(checkout.repository), [*merged.written, made]))
    checkout.landing.land(
        merged.changes,
        prepared=Prepared(commit=str(made), expected=head, written=written),
        deed=Deed(subject=subject.partition("\n")[0], author=author),
    )
    return str(made)


def _known(checkout: Checkout, commit: str) -> str:
    return checkout.workspace.store.past.resolve(commit)

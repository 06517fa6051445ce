"""What a workspace offers for going back: the operation log, undo, redo, and bringing back from the past."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from cvatcore.errors import InvalidInput, NotFound
from cvatcore.store import Author
from cvatcore.store.layout import annotations_dir, task_dir
from cvatcore.store.operations import Operation
from cvatcore.workspace.restore.restore_targets import Target, find_target
from cvatcore.workspace.restore.restored import Restored
from cvatcore.workspace.restore.restoring import restore
from cvatcore.workspace.undo.undoing import Undone, read_operations, redo, undo

if TYPE_CHECKING:
    from cvatcore.workspace.workspace import Workspace


class GoingBack:
    """The part of `Workspace` that takes back and brings back."""

    def operations(self, *, limit: int = 0) -> list[Operation]:
        """What was done to the workspace on this machine, newest first; with a limit, so many of the newest.

        Errors: StorageFailed.
        """
        return read_operations(self._self, limit=limit)

    def undo(self, *, operation: str = "", anyone: bool = False, author: Author | None = None) -> Undone:
        """Take back the newest operation in force, or the one of that id, in a commit of its own.

        What was done since stays: where a later edit changed the same field, that edit stays, and `kept` says so. An
        undone sync takes back what came with it, for all who sync later. What was edited by hand and not committed goes
        into a commit of its own first.

        Args:
            operation: the id of an operation, or the beginning of one.
            anyone: take operations too that somebody with another e-mail did on this machine.
            author: who undoes; the person at this machine.

        Errors: NotFound when there is nothing to undo, or git has dropped the state from before; InvalidInput for an
        operation that cannot be undone; Conflict, Busy, InvalidDocument, StorageFailed. Then nothing was changed.
        """
        return undo(self._self, operation=operation, anyone=anyone, author=author)

    def redo(self, *, anyone: bool = False, author: Author | None = None) -> Undone:
        """Take back the newest undo, in a commit of its own. A new change leaves nothing to redo.

        Errors: as `undo`.
        """
        return redo(self._self, anyone=anyone, author=author)

    def restore(
        self,
        *what: str | Target,
        objects: Iterable[int] = (),
        within: str = "",
        at: str = "",
        dry_run: bool = False,
        author: Author | None = None,
    ) -> Restored:
        """Bring back what was committed once, in one commit: as of a revision, or of the newest commit that had it.

        ```python
        ws.restore("street")                       # a task that was deleted, with all that was in it
        ws.restore("job:3", at="v1.0")             # the annotations of a job as they were
        ws.restore(objects=[4711, 4712])           # two objects, beside what there is now
        ws.restore("members.toml", at="HEAD~3")
        ```

        A task or a job that is restored becomes as it was, and what was there stays in the history only. Ids stay. What
        was edited by hand and not committed goes into a commit of its own first.

        Args:
            what: tasks, jobs, projects (names, or `task:7`, `job:3`, `project:1`) and paths of files.
            objects: ids of single objects.
            within: a task or job that these objects are looked for in; empty for everywhere.
            at: a version, branch or commit.
            dry_run: write nothing, and tell what would be done.
            author: whom the commit names; the person at this machine.

        Errors: NotFound for what never was, or was not there then; InvalidInput for what is here when `at` is empty,
        and for what belongs to something that is gone; Busy, StorageFailed. Then nothing was written.
        """
        workspace = self._self
        commit = workspace.past.resolve(at) if at else ""
        targets = [find_target(workspace, one, at=commit) if isinstance(one, str) else one for one in what]
        targets += [Target("object", number) for number in objects]
        folder = _folder(workspace, within, at=commit) if within else ""
        return restore(workspace, targets, at=commit, within=folder, dry_run=dry_run, author=author)

    @property
    def _self(self) -> Workspace:
        return cast("Workspace", self)


def _folder(workspace: Workspace, within: str, *, at: str) -> str:
    """The folder of the task, or of the annotations of the job, that a person names."""
    target = find_target(workspace, within, at=at)
    if target.kind == "task":
        return task_dir(target.number)
    if target.kind != "job":
        raise InvalidInput(f"{within!r} is neither a task nor a job.", hint="Objects are in jobs of tasks.")
    try:
        return annotations_dir(workspace.job(target.number).task.id, target.number)
    except NotFound:
        raise InvalidInput(
            f"Job {target.number} is gone.", hint=f"Restore it as a whole: job:{target.number}."
        ) from None

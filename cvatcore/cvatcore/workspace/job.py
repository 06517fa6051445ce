"""One job of a task: a run of frames, its state, and its annotations."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import msgspec

from cvatcore.edit import ChangeSet, canonical_change
from cvatcore.errors import NotFound
from cvatcore.schema import Annotations, Job, JobStage, JobState, Label, Shape, Track
from cvatcore.store import Author, encode_json, plain_message
from cvatcore.store.layout import job_path
from cvatcore.workspace.ground_truth import delete_ground_truth
from cvatcore.workspace.review.opening import open_issue
from cvatcore.workspace.saving import Saved, as_one_step, save_changes

if TYPE_CHECKING:
    from cvatcore.workspace.review.issue_view import IssueView
    from cvatcore.workspace.task import TaskView
    from cvatcore.workspace.workspace import Workspace


class JobView:
    """A job as the disk has it now. Cheap to make; it holds no state of its own."""

    def __init__(self, workspace: Workspace, task: TaskView, number: int) -> None:
        self._workspace = workspace
        self.task = task
        self.id = number

    def __repr__(self) -> str:
        return f"<job {self.id} of task {self.task.id}>"

    @property
    def path(self) -> str:
        """The path of its document in the workspace."""
        return job_path(self.task.id, self.id)

    @property
    def document(self) -> Job:
        """Its document.

        Errors: NotFound when it was removed; InvalidDocument.
        """
        document = self._workspace.store.document(self.path, Job)
        if document is None:
            raise NotFound(f"There is no job {self.id}.")
        return document

    @property
    def start(self) -> int:
        """Its first frame, counted in the task."""
        return self.document.start

    @property
    def stop(self) -> int:
        """Its last frame, counted in the task."""
        return self.document.stop

    @property
    def state(self) -> JobState:
        """How far the work in its stage is."""
        return self.document.state

    @property
    def stage(self) -> JobStage:
        """Annotation, validation or acceptance."""
        return self.document.stage

    @property
    def assignee(self) -> str:
        """The username of the person it is given to; empty when nobody."""
        return self.document.assignee

    @property
    def labels(self) -> tuple[Label, ...]:
        """The labels of its task."""
        return self.task.labels

    @property
    def annotations(self) -> Annotations:
        """Its shapes and tracks, as the working tree has them.

        Errors: InvalidDocument that names file and line.
        """
        return self._workspace.annotations_of(self.task.id, self.id).read()

    def shapes_on(self, frame: int) -> list[Shape]:
        """What is seen on a frame, counted in the task: shapes and tags, and each track as the shape it is there.

        Nothing on a deleted frame.
        Errors: InvalidDocument that names file and line.
        """
        if frame in self.task.document.data.deleted_frames:
            return []
        return self._workspace.annotations_of(self.task.id, self.id).on(frame)

    @property
    def issues(self) -> tuple[IssueView, ...]:
        """Its issues, by number.

        Errors: InvalidDocument.
        """
        return self._workspace.issues(job=self.id)

    def open_issue(
        self,
        frame: int,
        message: str,
        *,
        position: Iterable[float] = (),
        assignee: str = "",
        author: Author | None = None,
    ) -> IssueView:
        """Open an issue on a frame, counted in the task, with its first comment. One commit.

        `position` is x y of one or more points, in pixels; nothing for the whole frame.
        Errors: InvalidInput; NotFound for a username that is not a member. Then nothing is written.
        """
        return open_issue(self, frame, message, position=position, assignee=assignee, author=author)

    def apply(self, change: ChangeSet, *, author: Author | None = None) -> Saved:
        """Save a change: checked as a whole, written as a whole, in the history when this returns.

        Errors: InvalidInput (nothing is written), Busy, StorageFailed.
        """
        exact = {self.id: canonical_change(change)}
        return as_one_step(self._workspace, lambda head: save_changes(self.task, exact, author=author, onto=head))

    def edit(self, operation: Callable[[Annotations], ChangeSet], *, author: Author | None = None) -> Saved:
        """Do an operation of `cvatcore.edit` to the annotations as they are at that moment, and save it.

        Errors: as `apply`, and those of the operation.
        """

        def save(head: str) -> Saved:
            change = canonical_change(operation(self.annotations))
            return save_changes(self.task, {self.id: change}, author=author, onto=head)

        return as_one_step(self._workspace, save)

    def replace(self, shapes: Iterable[Shape], tracks: Iterable[Track] = (), *, author: Author | None = None) -> Saved:
        """Make these objects the only ones of the job.

        Errors: as `apply`.
        """
        whole = canonical_change(ChangeSet(shapes=tuple(shapes), tracks=tuple(tracks)))

        def save(head: str) -> Saved:
            now = self.annotations
            before = {shape.id for shape in now.shapes} | {track.id for track in now.tracks}
            change = msgspec.structs.replace(whole, delete=frozenset(before - whole.put_ids))
            return save_changes(self.task, {self.id: change}, author=author, onto=head)

        return as_one_step(self._workspace, save)

    def add(self, *shapes: Shape, author: Author | None = None) -> tuple[Shape, ...]:
        """Save new shapes; each gets a fresh id, whatever id it has. Returns them with their ids.

        Errors: as `apply`.
        """
        numbered = self._workspace.numbered(shapes)
        self.apply(ChangeSet(shapes=numbered), author=author)
        return numbered

    def update(
        self,
        *,
        state: JobState | None = None,
        stage: JobStage | None = None,
        assignee: str | None = None,
        author: Author | None = None,
    ) -> Job:
        """Change state, stage or assignee ("" for nobody); one commit.

        A new stage without a state starts at `new`, as in CVAT.
        Errors: NotFound for a username that is not a member.
        """
        workspace = self._workspace

        def save(head: str) -> Job:
            before = self.document
            if assignee:
                workspace.member(assignee)
            restarted = stage is not None and stage != before.stage and state is None
            after = msgspec.structs.replace(
                before,
                state="new" if restarted else state or before.state,
                stage=stage or before.stage,
                assignee=before.assignee if assignee is None else assignee,
            )
            if after != before:
                workspace.store.commit(
                    {self.path: encode_json(after)},
                    message=plain_message(f"{self.task.name}, job {self.id}: {_difference(before, after)}"),
                    author=author or workspace.author,
                    onto=head,
                )
            return after

        return as_one_step(self._workspace, save)

    def delete(self, *, author: Author | None = None) -> str:
        """Remove it, a job of ground truth, with its objects and issues: one commit that can be reverted, returned.

        Errors: InvalidInput for any other job; NotFound, Busy, StorageFailed.
        """
        return delete_ground_truth(self, author=author)


def _difference(before: Job, after: Job) -> str:
    words: list[str] = []
    if before.stage != after.stage:
        words.append(after.stage)
    if before.state != after.state:
        words.append(after.state)
    if before.assignee != after.assignee:
        words.append(f"assigned to {after.assignee}" if after.assignee else "assigned to nobody")
    return ", ".join(words)

"""One task: frames to annotate, cut into jobs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import msgspec

from cvatcore.edit import ChangeSet, canonical_change
from cvatcore.errors import InvalidDocument, NotFound
from cvatcore.jobs import LEAST, Merged, Stitch
from cvatcore.media import FrameReader, Presence, ScanOptions, look_for_media
from cvatcore.schema import Annotations, Job, Label, Manifest, Shape, StoragePlace, Task, Track, decode_manifest
from cvatcore.store import Author, plain_message
from cvatcore.store.files import MISSING, Stamp
from cvatcore.store.layout import manifest_path, task_dir, task_path
from cvatcore.store.shard_files import shard_folders
from cvatcore.workspace.adding import FramesAdded, add_frames
from cvatcore.workspace.create import attach_data
from cvatcore.workspace.deleted_frames import (
    FramesChanged,
    delete_task_frames,
    restore_task_frames,
    set_deleted_frames,
)
from cvatcore.workspace.ground_truth import add_ground_truth
from cvatcore.workspace.job import JobView
from cvatcore.workspace.moving_task import move_task
from cvatcore.workspace.own_files import own_files
from cvatcore.workspace.saving import Saved, as_one_step, save_changes
from cvatcore.workspace.task_annotations import (
    TaskSaved,
    add_to_all,
    apply_to_all,
    merged_jobs,
    plan_stitch,
    replace_all,
    stitch_jobs,
)
from cvatcore.workspace.task_update import update_task

if TYPE_CHECKING:
    from pathlib import Path

    from cvatcore.workspace.review.issue_view import IssueView
    from cvatcore.workspace.task_data import Progress, TaskData, Tell
    from cvatcore.workspace.workspace import Workspace


class TaskView:
    """A task as the disk has it now. Cheap to make; it holds no state of its own."""

    def __init__(self, workspace: Workspace, number: int) -> None:
        self._workspace = workspace
        self.id = number

    def __repr__(self) -> str:
        return f"<task {self.id}>"

    @property
    def workspace(self) -> Workspace:
        """The workspace that it is in."""
        return self._workspace

    @property
    def document(self) -> Task:
        """Its document.

        Errors: NotFound when it was removed; InvalidDocument.
        """
        document = self._workspace.store.document(task_path(self.id), Task)
        if document is None:
            raise NotFound(f"There is no task {self.id}.")
        return document

    @property
    def name(self) -> str:
        """What people call it."""
        return self.document.name

    @property
    def labels(self) -> tuple[Label, ...]:
        """Its own labels, or those of its project."""
        document = self.document
        if not document.project:
            return document.labels
        return self._workspace.project(document.project).labels

    @property
    def manifest(self) -> Manifest:
        """Its frames.

        Errors: InvalidDocument with the line at fault.
        """
        return self._workspace.manifest_of(self.id)

    @property
    def size(self) -> int:
        """The number of its frames."""
        return self.manifest.size

    @property
    def jobs(self) -> tuple[JobView, ...]:
        """Its jobs, by number."""
        return tuple(JobView(self._workspace, self, number) for number in self._workspace.job_numbers(self.id))

    @property
    def frames(self) -> FrameReader:
        """The pictures of its frames; shared, so do not close it."""
        return self._workspace.frames_of(self.id)

    @property
    def media(self) -> Presence:
        """Which of its media are on this machine: looked for now, a look a file."""
        known = self._workspace.media_map
        data, root = self.document.data, self._workspace.root
        return look_for_media(data, self.manifest, root=root, known=known, task=self.id)

    @property
    def updated_ns(self) -> int:
        """When its document or the annotations of a job last changed on this disk, in ns since 1970.

        Of a past state: when it was committed.
        """
        store = self._workspace.store
        if store.revision:
            newest = next(store.past.log(start=store.commit_id, paths=(task_dir(self.id),)), None)
            return newest.time * 1_000_000_000 if newest else 0
        paths = [task_path(self.id)]
        for job in self.jobs:
            paths += (job.path, *shard_folders(task=self.id, job=job.id, start=job.start, stop=job.stop))
        return max(store.files.stamp(path)[0] for path in paths)

    def job_documents(self) -> list[Job]:
        """The documents of all its jobs, by number."""
        return [job.document for job in self.jobs]

    @property
    def issues(self) -> tuple[IssueView, ...]:
        """Its issues, by number.

        Errors: InvalidDocument.
        """
        return self._workspace.issues(task=self.id)

    def replace(self, objects: Mapping[int, Annotations], *, author: Author | None = None) -> Saved:
        """Make these objects, by job id, the only ones of those jobs: one commit, all or nothing.

        Errors: InvalidInput, NotFound (nothing is written), Busy, StorageFailed.
        """
        wholes = {
            job: canonical_change(ChangeSet(shapes=new.shapes, tracks=new.tracks)) for job, new in objects.items()
        }

        def save(head: str) -> Saved:
            changes: dict[int, ChangeSet] = {}
            for job, whole in wholes.items():
                now = self.workspace.annotations_of(self.id, job).read()
                before = {shape.id for shape in now.shapes} | {track.id for track in now.tracks}
                change = msgspec.structs.replace(whole, delete=frozenset(before - whole.put_ids))
                if not change.is_empty:
                    changes[job] = change
            return save_changes(self, changes, author=author, onto=head)

        return as_one_step(self.workspace, save)

    @property
    def merged(self) -> Merged:
        """Its jobs put together, and which of their objects were united (see `cvatcore.jobs.merge`).

        Errors: InvalidDocument that names file and line.
        """
        return merged_jobs(self)

    @property
    def annotations(self) -> Annotations:
        """All its objects, its jobs put together. Jobs of ground truth do not count.

        Errors: InvalidDocument that names file and line.
        """
        return self.merged.annotations

    def write(
        self, shapes: Iterable[Shape], tracks: Iterable[Track] = (), *, author: Author | None = None
    ) -> TaskSaved:
        """Make these objects the only ones of the task: dealt to its jobs as CVAT does it, one commit.

        Each part of an object gets an id of its own: a track over two jobs without an overlap is two then.
        Errors: InvalidInput (nothing is written), Busy, StorageFailed.
        """
        return replace_all(self, shapes, tracks, author=author)

    def add(self, shapes: Iterable[Shape], tracks: Iterable[Track] = (), *, author: Author | None = None) -> TaskSaved:
        """Save new objects, dealt to its jobs as by `write`; all get new ids, whatever they have.

        Errors: as `write`.
        """
        return add_to_all(self, shapes, tracks, author=author)

    def apply(self, change: ChangeSet, *, author: Author | None = None) -> TaskSaved:
        """Save a change to its objects as `annotations` shows them, in all jobs that they are in: one commit.

        Errors: InvalidInput (nothing is written), Busy, StorageFailed.
        """
        return apply_to_all(self, change, author=author)

    def plan_stitch(self, *, least: float = LEAST) -> Stitch:
        """What `stitch` would do.

        Errors: InvalidDocument that names file and line.
        """
        return plan_stitch(self, least=least)

    def stitch(self, *, least: float = LEAST, author: Author | None = None) -> tuple[Stitch, Saved | None]:
        """Join the tracks, and unite the doubles, of neighbouring jobs: what is one object gets one id in all of them.

        `least` is how alike two are at the least, from 0 to 1. One commit, which can be reverted; none when there is
        nothing to do.
        Errors: InvalidDocument (nothing is written), Busy, StorageFailed.
        """
        return stitch_jobs(self, least=least, author=author)

    def attach(self, data: TaskData, *, progress: Progress | None = None, tell: Tell | None = None) -> str:
        """Give a task that was made without frames its frames and jobs. Returns the commit.

        Errors: Conflict when it has some; InvalidInput, InvalidMedia, StorageFailed; then nothing is changed.
        """
        return attach_data(self, data, progress=progress, tell=tell)

    def update(
        self,
        *,
        name: str | None = None,
        subset: str | None = None,
        assignee: str | None = None,
        owner: str | None = None,
        bug_tracker: str | None = None,
        source_storage: StoragePlace | msgspec.UnsetType | None = msgspec.UNSET,
        target_storage: StoragePlace | msgspec.UnsetType | None = msgspec.UNSET,
        author: Author | None = None,
    ) -> Task:
        """Change what is given of its document, people by username ("" for nobody); one commit.

        Errors: InvalidInput; NotFound for a username that is not a member.
        """
        return update_task(
            self,
            name=name,
            subset=subset,
            assignee=assignee,
            owner=owner,
            bug_tracker=bug_tracker,
            source_storage=source_storage,
            target_storage=target_storage,
            author=author,
        )

    def move(self, project: int | str, *, labels: Mapping[int, str] | None = None, author: Author | None = None) -> str:
        """Put it into a project, its objects with the project's labels: by name, or as `labels` says by id.

        One commit, which can be reverted. Returns it.
        Errors: NotFound; InvalidInput for labels that the project has not and frames of another dimension (nothing is
        written), Busy, StorageFailed.
        """
        return move_task(self, project, names=labels or {}, author=author)

    def add_ground_truth(self, frames: Iterable[int], *, assignee: str = "", author: Author | None = None) -> JobView:
        """Give it its job of ground truth, on these frames (see `cvatcore.jobs.random_frames`). One commit.

        Errors: InvalidInput when it has one, has no frames or not those, or is one of point clouds; NotFound for an
        assignee who is no member; Busy, StorageFailed.
        """
        number = add_ground_truth(self, frames, assignee=assignee, author=author)
        return JobView(self._workspace, self, number)

    def add_frames(
        self,
        inputs: Iterable[Path | str],
        *,
        options: ScanOptions | None = None,
        copy: bool = False,
        progress: Progress | None = None,
        tell: Tell | None = None,
        author: Author | None = None,
    ) -> FramesAdded:
        """Put pictures, folders, archives or point clouds behind its frames, without those it has already.

        Frames keep their numbers. The last job goes on to the segment size unless it is completed, then there are new
        ones. Of a task of a video InvalidInput.
        Errors: InvalidInput, InvalidMedia, Busy, StorageFailed: then nothing is changed.
        """
        return add_frames(self, inputs, options=options, copy=copy, progress=progress, tell=tell, author=author)

    def delete_frames(self, frames: Iterable[int], *, author: Author | None = None) -> FramesChanged:
        """Take frames out of the work; their pictures and objects stay, and come back with them. One commit.

        Errors: InvalidInput for a frame that the task does not have (nothing is written), Busy, StorageFailed.
        """
        return delete_task_frames(self, frames, author=author)

    def restore_frames(self, frames: Iterable[int], *, author: Author | None = None) -> FramesChanged:
        """Put deleted frames back.

        Errors: as `delete_frames`.
        """
        return restore_task_frames(self, frames, author=author)

    def set_deleted_frames(
        self, frames: Iterable[int], *, within: range | None = None, author: Author | None = None
    ) -> FramesChanged:
        """Make these frames the only deleted ones, of the task or of the run `within`. One commit.

        Errors: as `delete_frames`.
        """
        return set_deleted_frames(self, frames, within=within, author=author)

    def delete(self, *, author: Author | None = None) -> str:
        """Remove the task, its jobs and annotations in one commit, which can be reverted.

        Returns the commit. What was edited by hand and not committed goes into a commit of its own first.
        Media are not touched.
        """
        workspace = self._workspace
        with workspace.writing():
            name = self.name
            writer = author or workspace.author
            files = dict.fromkeys(own_files(workspace.root, task_dir(self.id)))
            workspace.store.commit(
                {path: workspace.store.read(path) for path in files},
                message=plain_message(f"{name}: what was edited by hand (task {self.id})"),
                author=writer,
            )
            commit = workspace.store.commit(
                files, message=plain_message(f"Delete the task {name} (task {self.id})"), author=writer
            )
        workspace.forget_task(self.id)
        return commit


class ManifestCache:
    """The decoded manifests of tasks, read again only when the file has changed."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Stamp, Manifest]] = {}

    def read(self, workspace: Workspace, task: int) -> Manifest:
        """The manifest of a task.

        Errors: NotFound, InvalidDocument.
        """
        path = manifest_path(task)
        now = workspace.store.files.stamp(path)
        known = self._known.get(task)
        if known is not None and known[0] == now:
            return known[1]
        data = workspace.store.read(path)
        if now == MISSING or data is None:
            workspace.tasks[task].document  # noqa: B018  says so when the task is gone
            raise InvalidDocument("The list of frames is missing.", path=path)
        manifest = decode_manifest(data, path=path)
        self._known[task] = (now, manifest)
        return manifest

    def forget(self, task: int) -> None:
        """Drop what is kept of a task."""
        self._known.pop(task, None)

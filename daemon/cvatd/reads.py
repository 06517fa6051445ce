"""Tasks, jobs and labels of the workspace as CVAT's read models."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from cvatcore import protocol as wire
from cvatcore.media.chunks import chunk_kind, chunk_size
from cvatcore.schema import Label, Member, StoragePlace, frame_count, job_status, task_status
from cvatcore.schema.skeleton import svg_for_page
from cvatcore.store.files import stamp
from cvatd.data_reads import media_type, task_mode, validation_mode
from cvatd.guide_ids import guide_of_jobs, guide_of_task
from cvatd.issue_counts import IssueCounts

if TYPE_CHECKING:
    from cvatcore.workspace import JobView, TaskView, Workspace
    from cvatcore.workspace.unreadable import Unreadable

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Reader:
    """Makes read models; `base` is `http://host:port` as the client names it."""

    def __init__(self, workspace: Workspace, base: str) -> None:
        self._workspace = workspace
        self._base = base
        self._issues = IssueCounts(workspace)
        me = workspace.me
        self._people = {member.username: member for member in (me, *workspace.members)}

    @property
    def people(self) -> tuple[Member, ...]:
        """The members, and the person at this machine, by id."""
        return tuple(sorted(self._people.values(), key=lambda member: member.id))

    def person(self, username: str) -> wire.BasicUser | None:
        """A person by username, or None for nobody and for strangers."""
        member = self._people.get(username)
        return wire.basic_user(member, base=self._base) if member else None

    def task(self, view: TaskView) -> wire.TaskRead:
        """A task.

        Errors: NotFound, InvalidDocument.
        """
        task, manifest, jobs = view.document, view.manifest, view.job_documents()
        sizes = [job.stop - job.start + 1 for job in jobs if job.type == "annotation"][:1]
        read = wire.TaskRead(
            url=f"{self._base}/api/tasks/{task.id}",
            id=task.id,
            name=task.name,
            project_id=task.project or None,
            mode=task_mode(manifest),
            owner=self.person(task.owner),
            assignee=self.person(task.assignee),
            bug_tracker=task.bug_tracker,
            created_date=task.created,
            updated_date=time_read(view.updated_ns),
            overlap=task.overlap if manifest.size else task.overlap or None,
            segment_size=min(task.segment_size, manifest.size) or max(sizes, default=task.segment_size),
            status=task_status(jobs),
            guide_id=guide_of_task(self._workspace, task.id),
            dimension=manifest.dimension,
            subset=task.subset,
            organization=None,
            target_storage=storage_read(task.target_storage, number=4 * task.id + 2),
            source_storage=storage_read(task.source_storage, number=4 * task.id + 3),
            jobs=wire.JobsSummary(
                count=len(jobs),
                completed=sum(job_status(job) == "completed" for job in jobs),
                validation=sum(job.stage == "validation" for job in jobs),
                url=f"{self._base}/api/jobs?task_id={task.id}",
            ),
            labels=wire.Summary(count=len(view.labels), url=f"{self._base}/api/labels?task_id={task.id}"),
            project_name=project_name(view) or None,
            media_type=media_type(manifest),
            organization_id=None,
            assignee_updated_date=None,
            validation_mode=validation_mode(jobs),
            initial_replicas=0,
            data_cloud_storage_id=None,
        )
        if not manifest.size:
            return read  # CVAT's clients take null for an error: what is not known is left out.
        return msgspec.structs.replace(
            read,
            data_chunk_size=chunk_size(task.data, manifest),
            data_compressed_chunk_type=chunk_kind(task.data, manifest, "compressed"),
            data_original_chunk_type=chunk_kind(task.data, manifest, "original"),
            size=manifest.size,
            image_quality=task.data.image_quality,
            data=task.id,
        )

    def job(self, view: JobView) -> wire.JobRead:
        """A job.

        Errors: NotFound, InvalidDocument.
        """
        job, task, manifest = view.document, view.task.document, view.task.manifest
        tracker = self._workspace.project(task.project).bug_tracker if task.project else ""
        return wire.JobRead(
            url=f"{self._base}/api/jobs/{job.id}",
            id=job.id,
            task_id=task.id,
            project_id=task.project or None,
            assignee=self.person(job.assignee),
            guide_id=guide_of_jobs(self._workspace, task),
            dimension=manifest.dimension,
            bug_tracker=tracker or task.bug_tracker or None,
            status=job_status(job),
            stage=job.stage,
            state=job.state,
            mode=task_mode(manifest),
            frame_count=frame_count(job),
            start_frame=job.start,
            stop_frame=job.stop,
            data_chunk_size=chunk_size(task.data, manifest),
            data_compressed_chunk_type=chunk_kind(task.data, manifest, "compressed"),
            created_date=task.created,
            updated_date=time_read(job_changed(view)),
            issues=wire.Summary(count=self._issues.of(view), url=f"{self._base}/api/issues?job_id={job.id}"),
            labels=wire.Summary(count=len(view.labels), url=f"{self._base}/api/labels?job_id={job.id}"),
            type=job.type,
            task_name=task.name,
            project_name=project_name(view.task) or None,
            media_type=media_type(manifest),
            data_original_chunk_type=chunk_kind(task.data, manifest, "original"),
            target_storage=storage_read(task.target_storage, number=4 * task.id + 2),
            source_storage=storage_read(task.source_storage, number=4 * task.id + 3),
            assignee_updated_date=None,
            parent_job_id=None,
            replicas_count=0,
        )


def storage_read(place: StoragePlace | None, *, number: int) -> wire.Storage | None:
    """A storage of a task or project; clients want each to have a number of its own."""
    return wire.Storage(number, place.location, place.cloud_storage or None) if place else None


def unreadable_read(found: list[Unreadable]) -> list[wire.UnreadableRead] | msgspec.UnsetType:
    """What cannot be read, as lists have it: CVAT's own list where there is none."""
    if not found:
        return msgspec.UNSET
    return [
        wire.UnreadableRead(
            task_id=one.task, job_id=one.job, path=one.path, line=one.line, detail=one.message, hint=one.hint
        )
        for one in found
    ]


def job_changed(view: JobView) -> int:
    """When a job's document or its annotations last changed on this disk, in ns since 1970."""
    root = view.task.workspace.root
    folder = root / "tasks" / str(view.task.id) / "annotations" / str(view.id)
    return max(stamp(root / view.path)[0], stamp(folder)[0])


def label_read(label: Label, *, task: int = 0, project: int = 0, parent: Label | None = None) -> wire.Label:
    """A label of a task, or of a project."""
    return wire.Label(
        id=label.id,
        name=label.name,
        color=label.color,
        attributes=_attributes(label),
        type=label.type,
        sublabels=[
            wire.Sublabel(joint.id, joint.name, joint.color, _attributes(joint), joint.type)
            for joint in label.sublabels
        ],
        has_parent=parent is not None,
        parent_id=parent.id if parent else None,
        task_id=msgspec.UNSET if project else task,
        project_id=project or msgspec.UNSET,
        svg=_svg(label) if label.type == "skeleton" else msgspec.UNSET,
    )


def _attributes(label: Label) -> list[wire.LabelAttribute]:
    return [
        wire.LabelAttribute(
            id=attribute.id,
            name=attribute.name,
            mutable=attribute.mutable,
            input_type=attribute.input_type,
            default_value=attribute.default_value,
            values=list(attribute.values),
        )
        for attribute in label.attributes
    ]


def _svg(label: Label) -> str:
    return svg_for_page(label.svg, {joint.name: joint.id for joint in label.sublabels})


def project_name(task: TaskView) -> str:
    """The name of a task's project; empty where it has none."""
    number = task.document.project
    return task.workspace.project(number).name if number else ""


def time_read(nanoseconds: int) -> str:
    """A time in ns since 1970 as the API shows it."""
    # Whole numbers all the way: a filter may ask for the very time that was shown.
    moment = _EPOCH + timedelta(microseconds=nanoseconds // 1000)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")

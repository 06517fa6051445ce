"""Adding frames to a task: one commit; what is there keeps its number, and the jobs go on."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cvatcore.edit.frames import runs_text
from cvatcore.errors import InvalidInput
from cvatcore.jobs import append_jobs
from cvatcore.media import Scan, ScanOptions, located, scan
from cvatcore.media.appending import append_frames
from cvatcore.media.gathering import discard, gather
from cvatcore.media.repeated import without_repeats
from cvatcore.schema import DataSpec, Job, Manifest, encode_manifest
from cvatcore.store import Author, encode_json, plain_message
from cvatcore.store.layout import MEDIA, job_path, manifest_path, task_path
from cvatcore.workspace.saving import as_one_step
from cvatcore.workspace.task_data import Progress, Tell, tell_remarks

if TYPE_CHECKING:
    from cvatcore.workspace.task import TaskView


class FramesAdded(msgspec.Struct, frozen=True):
    """What adding frames did."""

    frames: tuple[int, ...]
    """The numbers of the new frames: a run at the end."""
    known: int
    """How many of those found the task had already."""
    grown: tuple[int, ...]
    """Jobs that have more frames now."""
    made: tuple[int, ...]
    """New jobs."""
    commit: str
    """The commit; the newest one there was when nothing was added."""


def add_frames(
    task: TaskView,
    inputs: Iterable[Path | str],
    *,
    options: ScanOptions | None = None,
    copy: bool = False,
    progress: Progress | None = None,
    tell: Tell | None = None,
    author: Author | None = None,
) -> FramesAdded:
    """Put pictures, folders and archives behind the frames of a task, without those it has already.

    With `copy` just the new ones are copied into the workspace; those of a name and content that it has are none.

    Errors: InvalidInput (a video, say), InvalidMedia, Busy, StorageFailed: then nothing is changed.
    """
    paths = [Path(path).expanduser() for path in inputs]
    workspace = task.workspace
    root = workspace.root
    _refuse_video(task)
    asked = options or ScanOptions()
    found = scan(paths, root=root, options=asked, progress=progress)
    if tell:
        tell_remarks(found, tell)
    if not copy:
        return add_found(task, found, author=author)
    here = located(task.document.data, workspace.media_map, task=task.id)
    # A copy lies elsewhere than what it was made of: that a folder is given again is told by what is in it.
    images = without_repeats(found, here, task.manifest, root=root)
    gathered = gather(
        DataSpec(sources=found.sources),
        Manifest(images=images),
        numbers=sorted({image.source for image in images}),
        root=root,
        into=root / MEDIA,
        progress=progress,
    )
    try:
        copied = Scan(sources=gathered.sources, manifest=Manifest(images=images))
        done = add_found(task, copied, author=author)
    except BaseException:
        discard(gathered.made)
        raise
    if not done.frames:
        discard(gathered.made)
    return msgspec.structs.replace(done, known=found.manifest.size - len(done.frames))


def add_found(task: TaskView, found: Scan, *, author: Author | None = None) -> FramesAdded:
    """Put what a scan found behind the frames of a task. Errors: as `add_frames`."""
    workspace = task.workspace

    def save(head: str) -> FramesAdded:
        document, manifest = task.document, task.manifest
        # Where they lie here: what another machine took from elsewhere is not taken again.
        here = located(document.data, workspace.media_map, task=task.id)
        after = append_frames(here, manifest, found, root=workspace.root)
        first, size = manifest.size, after.manifest.size
        if size == first:
            return FramesAdded(frames=(), known=after.known, grown=(), made=(), commit=head)
        jobs = append_jobs(
            task.job_documents(), size=size, segment_size=document.segment_size, overlap=document.overlap
        )
        number = workspace.store.ids.take("job", len(jobs.runs)) if jobs.runs else 0
        made = [Job(id=number + place, start=start, stop=stop) for place, (start, stop) in enumerate(jobs.runs)]
        files: dict[str, bytes | None] = {manifest_path(task.id): encode_manifest(after.manifest)}
        if made_sources := after.data.sources[len(here.sources) :]:
            data = msgspec.structs.replace(document.data, sources=document.data.sources + made_sources)
            files[task_path(task.id)] = encode_json(msgspec.structs.replace(document, data=data))
        files |= {job_path(task.id, job.id): encode_json(job) for job in (*jobs.grown, *made)}
        frames = tuple(range(first, size))
        commit = workspace.store.commit(
            files,
            message=plain_message(f"{document.name}: Add frames {runs_text(frames)} (task {task.id})"),
            author=author or workspace.author,
            onto=head,
        )
        return FramesAdded(
            frames=frames,
            known=after.known,
            grown=tuple(job.id for job in jobs.grown),
            made=tuple(job.id for job in made),
            commit=commit,
        )

    return as_one_step(workspace, save)


def _refuse_video(task: TaskView) -> None:
    if task.manifest.video:
        raise InvalidInput(
            f"The frames of {task.name} are those of a video; none can be added.",
            hint="Make a task of its own for each video: cvat task create.",
        )

"""What the frames of a task are made of: asked for by a person, looked at, cut into jobs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cvatcore.errors import InvalidInput
from cvatcore.media import Scan, ScanOptions, scan
from cvatcore.media.gathering import discard, gather
from cvatcore.schema import DEFAULT_QUALITY, DataSpec, Job, Manifest, Task, cut_segments, encode_manifest
from cvatcore.store import encode_json
from cvatcore.store.layout import MEDIA, job_path, manifest_path, task_path
from cvatcore.workspace.truth_choice import TruthChoice, chosen_frames

if TYPE_CHECKING:
    from cvatcore.workspace.workspace import Workspace

Progress = Callable[[int, int], None]
"""Called with how many are done and how many there are (0: not known yet). Who raises in it cancels."""

Tell = Callable[[str], None]
"""Told what a person should know of media that came to nothing, a sentence each."""

VIDEO_OVERLAP = 5
"""Frames that neighbouring jobs of a video share where nobody says otherwise: tracks are put together by them."""


class TaskData(msgspec.Struct, frozen=True):
    """Media, which of their frames are taken in which order, and how these are cut into jobs."""

    inputs: tuple[Path, ...]
    """Pictures, folders, patterns, archives, point clouds, documents; or one video."""
    scan: ScanOptions = ScanOptions()
    segment_size: int = 0
    """Frames a job; 0: one job. Also for frames that are added later."""
    overlap: int | None = None
    """Frames that neighbouring jobs share, at most half a job; None: 5 in a video, else none."""
    jobs: tuple[tuple[str, ...], ...] = ()
    """The names of the files of each job, instead of a segment size; all pages of a file are in one job."""
    image_quality: int = DEFAULT_QUALITY
    chunk_size: int = 0
    zip_chunks: bool = False
    truth: TruthChoice | None = None
    """Which frames a job of ground truth has, which comes with the others; None for no such job."""
    copy: bool = False
    """Whether the media are copied into the workspace, or stay where they are."""


@contextmanager
def scanned(
    workspace: Workspace, data: TaskData, *, progress: Progress | None = None, tell: Tell | None = None
) -> Iterator[Scan]:
    """Look at the media, copied where that is asked for; what was copied is removed when the block fails.

    Errors: InvalidInput, InvalidMedia, StorageFailed.
    """
    _check(data)
    inputs = [path.expanduser() for path in data.inputs]
    options = data.scan
    if data.jobs:
        options = msgspec.structs.replace(options, sorting="predefined", order=_names_of_jobs(data))
    found = scan(inputs, root=workspace.root, options=options, progress=progress)
    if tell:
        tell_remarks(found, tell)
    made: tuple[Path, ...] = ()
    if data.copy:
        gathered = gather(
            DataSpec(sources=found.sources),
            found.manifest,
            numbers=range(len(found.sources)),
            root=workspace.root,
            into=workspace.root / MEDIA,
            progress=progress,
        )
        found, made = msgspec.structs.replace(found, sources=gathered.sources), gathered.made
    try:
        yield found
    except BaseException:
        discard(made)
        raise


def tell_remarks(found: Scan, tell: Tell) -> None:
    """Say what a scan passed over."""
    for remark in found.remarks:
        tell(remark)
    if left := found.videos_left_out:
        more = f" and {len(left) - 1} more" if len(left) > 1 else ""
        tell(f"The video {left[0]}{more} among the pictures is left out: make a task of its own for each video.")


def files_with_data(workspace: Workspace, task: Task, data: TaskData, found: Scan) -> dict[str, bytes | None]:
    """The files of a task with these frames, and its jobs; called while writing, since jobs get their ids.

    Errors: InvalidInput, StorageFailed.
    """
    manifest = found.manifest
    overlap = (VIDEO_OVERLAP if manifest.video else 0) if data.overlap is None else data.overlap
    whole = msgspec.structs.replace(
        task,
        segment_size=data.segment_size,
        overlap=min(overlap, data.segment_size // 2),
        data=DataSpec(
            sources=found.sources,
            image_quality=data.image_quality,
            sorting="predefined" if data.jobs else data.scan.sorting,
            chunk_size=data.chunk_size,
            zip_chunks=data.zip_chunks,
        ),
    )
    files: dict[str, bytes | None] = {
        task_path(task.id): encode_json(whole),
        manifest_path(task.id): encode_manifest(manifest),
    }
    runs = _runs(manifest, data, overlap=whole.overlap)
    first = workspace.store.ids.take("job", len(runs))
    for number, (start, stop) in enumerate(runs, start=first):
        files[job_path(task.id, number)] = encode_json(Job(id=number, start=start, stop=stop))
    if data.truth is not None:
        frames = chosen_frames(data.truth, manifest, runs)
        number = workspace.store.ids.take("job")
        truth = Job(id=number, start=0, stop=manifest.size - 1, type="ground_truth", frames=frames)
        files[job_path(task.id, number)] = encode_json(truth)
    return files


def files_without_data(task: Task) -> dict[str, bytes | None]:
    """The files of a task that gets its frames later."""
    return {task_path(task.id): encode_json(task), manifest_path(task.id): encode_manifest(Manifest())}


def _runs(manifest: Manifest, data: TaskData, *, overlap: int) -> list[tuple[int, int]]:
    if not data.jobs:
        return cut_segments(manifest.size, segment_size=data.segment_size, overlap=overlap)
    if manifest.video:
        raise InvalidInput(
            "The files of each job are given, and the media are a video.", hint="Cut it by a segment size instead."
        )
    # In their order; a file of several pages is as many frames.
    frames = (sum(1 for _ in pages) for _, pages in groupby(manifest.images, key=lambda image: image.file))
    runs = []
    start = 0
    for names in data.jobs:
        size = sum(islice(frames, len(names)))
        runs.append((start, start + size - 1))
        start += size
    return runs


def _check(data: TaskData) -> None:
    if not data.inputs:
        raise InvalidInput("A task needs something to annotate.", hint="Name files or folders with --data.")
    if data.segment_size < 0 or (data.overlap or 0) < 0:
        raise InvalidInput("The segment size and the overlap are numbers of frames from 0 up.")
    if not 0 <= data.image_quality <= 100:
        raise InvalidInput(f"The image quality is {data.image_quality}, not within 0 to 100 percent.")
    if data.chunk_size < 0:
        raise InvalidInput(f"The chunk size is {data.chunk_size}: it is a number of frames from 1 up, or 0 for any.")
    if data.jobs:
        _check_jobs(data)


def _check_jobs(data: TaskData) -> None:
    plain = ScanOptions()
    others = {
        "a segment size": bool(data.segment_size),
        "an overlap": bool(data.overlap),
        "a sorting": data.scan.sorting not in {plain.sorting, "predefined"} or bool(data.scan.order),
        "a start, a stop or a step": (data.scan.start, data.scan.stop, data.scan.step) != (0, -1, 1),
        "a pattern": bool(data.scan.pattern or data.scan.exclude),
    }
    for name, is_given in others.items():
        if is_given:
            raise InvalidInput(
                f"The files of each job are given, and {name} too.", hint="The jobs say it all: leave the other out."
            )
    if any(not names for names in data.jobs):
        raise InvalidInput("A job has no files.", hint="Name at least one file for each job.")


def _names_of_jobs(data: TaskData) -> tuple[str, ...]:
    return tuple(name for names in data.jobs for name in names)

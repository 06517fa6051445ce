"""Jobs for frames that are added to a task."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from cvatcore.schema import Job


class Appended(msgspec.Struct, frozen=True):
    """What becomes of a task's jobs when frames are added at its end."""

    grown: tuple[Job, ...]
    """Jobs that go on to a later frame now; at most one."""
    runs: tuple[tuple[int, int], ...]
    """The frames of new jobs, both ends included."""


def append_jobs(jobs: Sequence[Job], *, size: int, segment_size: int = 0, overlap: int = 0) -> Appended:
    """Have all frames of a task of `size` frames in its jobs; those it has keep every frame that they have.

    The last job goes on to the segment size while it is being annotated. What somebody has completed is not opened
    again: the frames after it are a new job. Without a segment size there is one open job, which always goes on. Jobs
    of ground truth do not count.
    """
    known = [job for job in jobs if job.type == "annotation"]
    last = max(known, key=lambda job: (job.stop, job.start), default=None)
    start, stop = (last.start, last.stop) if last else (0, -1)
    if stop >= size - 1:
        return Appended((), ())
    step = segment_size - min(overlap, segment_size // 2)
    grown: tuple[Job, ...] = ()
    if last and _is_open(last) and (not segment_size or stop - start + 1 < segment_size):
        stop = min(size, start + segment_size if segment_size else size) - 1
        grown = (msgspec.structs.replace(last, stop=stop),)
    runs = []
    while stop < size - 1:
        # Never from before the job that it follows, however short that is.
        start = max(start, stop + 1 - (segment_size - step)) if stop >= 0 else 0
        stop = min(size, start + segment_size if segment_size else size) - 1
        runs.append((start, stop))
    return Appended(grown, tuple(runs))


def _is_open(job: Job) -> bool:
    return job.stage == "annotation" and job.state in {"new", "in progress"}

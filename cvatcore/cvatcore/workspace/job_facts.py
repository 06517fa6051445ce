"""What a job holds, counted once and remembered in the local cache until one of its files changes.

The key is what tells one state of the job's files from another: ids of git for a commit, times, lengths and inodes for
the working tree. Nothing here is ever stale, and losing the cache costs only the time to count again.
"""

from __future__ import annotations

import hashlib
import time
from array import array
from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from cvatcore.schema import Annotations, Shape, Track, object_ids
from cvatcore.store.layout import annotations_dir
from cvatcore.store.shard_files import list_shards
from cvatcore.workspace.statistics import LabelStatistics, count_objects

if TYPE_CHECKING:
    from cvatcore.store.files import Stamp
    from cvatcore.workspace.job import JobView
    from cvatcore.workspace.workspace import Workspace

_VERSION = b"job facts 1"

_UNSURE_NS = 100_000_000
"""A file that was changed so short a time ago could be changed again without a new time."""


class JobFacts(msgspec.Struct, frozen=True):
    """What a job holds."""

    labels: tuple[LabelStatistics, ...]
    """By the names that the objects carry, sorted."""
    frames: int
    """Frames with a shape, a tag or a keyframe."""
    sources: dict[str, int]
    """Objects by origin: manual, auto …"""
    ids: bytes
    """The ids of shapes, tracks and their elements, sorted, as 64-bit integers of this machine."""

    def holds(self, number: int) -> bool:
        """Whether an object, or an element of one, has that id."""
        with memoryview(self.ids) as data, data.cast("q") as numbers:
            place = bisect_left(numbers, number)
            return place < len(numbers) and numbers[place] == number


def job_facts(job: JobView) -> JobFacts:
    """What a job holds, from the cache where nothing has changed since.

    Errors: InvalidDocument that names file and line, NotFound, StorageFailed.
    """
    workspace, stop = job.task.workspace, job.document.stop
    key = _key(workspace, task=job.task.id, job=job.id, stop=stop)
    kept = workspace.cache.get(key) if key else None
    if kept is not None:
        try:
            return _decoder.decode(kept)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            pass  # Of another version of the program: counted again.
    facts = count_facts(job.annotations, stop=stop)
    # What was read may be newer than the key: only what is still so is kept.
    if key and key == _key(workspace, task=job.task.id, job=job.id, stop=stop):
        workspace.cache.put(key, _encoder.encode(facts))
    return facts


def jobs_holding(workspace: Workspace, number: int) -> list[JobView]:
    """The jobs that have an object, or an element of one, with that id; normally one.

    Jobs that cannot be read are passed over.
    """
    from cvatcore.errors import InvalidDocument

    found = []
    for task in workspace.tasks:
        for job in task.jobs:
            try:
                if job_facts(job).holds(number):
                    found.append(job)
            except InvalidDocument:
                continue
    return found


def count_facts(annotations: Annotations, *, stop: int) -> JobFacts:
    """Count objects; `stop` is the last frame of their job."""
    labels, frames = count_objects(annotations, labels=(), stop=stop)
    objects: list[Shape | Track] = [*annotations.shapes, *annotations.tracks]
    numbers = sorted({number for item in objects for number in object_ids(item)})
    return JobFacts(
        labels=labels,
        frames=frames,
        sources=dict(sorted(Counter(item.source for item in objects).items())),
        ids=array("q", numbers).tobytes(),
    )


def _key(workspace: Workspace, *, task: int, job: int, stop: int) -> bytes:
    """Empty when the files cannot be told from others yet."""
    files = workspace.store.files
    if workspace.revision:
        # The folder has an id that stands for all that is in it.
        states: list[Stamp] = [files.stamp(annotations_dir(task, job))]
    else:
        found = list_shards(files, task=task, job=job)
        states = [found.heads, *(found.shards[first] for first in sorted(found.shards))]
        if max(state[0] for state in states) > time.time_ns() - _UNSURE_NS:
            return b""
        states.append((task, job, len(states)))
    # A shard's name says nothing that its lines do not say.
    return _VERSION + hashlib.blake2b(repr((states, stop)).encode(), digest_size=20).digest()


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(JobFacts)

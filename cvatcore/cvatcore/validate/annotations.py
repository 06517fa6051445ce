"""The annotations of one job."""

from __future__ import annotations

from collections.abc import Iterator

from cvatcore.schema import Keyframe, Shape
from cvatcore.store import Shard, Store, encode_shard, encode_tracks
from cvatcore.store.layout import tracks_path
from cvatcore.validate.duplicates import IdLog
from cvatcore.validate.finding import Finding
from cvatcore.validate.objects import check_keyframe_line, check_place, check_shape_line, check_track_line
from cvatcore.validate.reading import numbered_lines, read_shard_lines, read_track_lines
from cvatcore.validate.rules import NOT_CANONICAL
from cvatcore.validate.surroundings import Surroundings
from cvatcore.validate.tracks import JobTracks


def check_job(store: Store, around: Surroundings, shards: list[tuple[int, str]], *, ids: IdLog) -> Iterator[Finding]:
    """What is wrong in a job's files; the ids of its objects are noted in `ids`.

    Args:
        store: the workspace's files.
        around: the job, and what its objects are judged by.
        shards: the first frame and the path of each shard.
        ids: collects the ids of all objects.
    """
    heads_path = tracks_path(around.task, around.job)
    heads_data = store.read(heads_path) or b""
    heads = read_track_lines(heads_data, path=heads_path)
    yield from heads.broken
    for line, track in heads.items:
        ids.note(track)
        yield from check_track_line(track, around, path=heads_path, line=line)
    if not heads.broken:
        yield from _check_text(heads_data, encode_tracks(track for _, track in heads.items), path=heads_path)
    tracks = JobTracks(heads.items, path=heads_path, complete=not heads.broken, around=around)
    for first, path in shards:
        data = store.read(path) or b""
        lines = read_shard_lines(data, path=path)
        yield from lines.broken
        for line, item in lines.items:
            if isinstance(item, Shape):
                ids.note(item)
                yield from check_shape_line(item, around, path=path, line=line)
            else:
                yield from check_keyframe_line(item, tracks.label_of(item), around, path=path, line=line)
                yield from tracks.see(item, path=path, line=line)
            yield from check_place(item, around, first=first, path=path, line=line)
        if not lines.broken:
            yield from _check_text(data, encode_shard(_shard_of(lines.items)), path=path)
    yield from tracks.finish()


def _shard_of(items: list[tuple[int, Shape | Keyframe]]) -> Shard:
    return Shard(
        shapes=tuple(item for _, item in items if isinstance(item, Shape)),
        keyframes=tuple(item for _, item in items if isinstance(item, Keyframe)),
    )


def _check_text(data: bytes, canonical: bytes, *, path: str) -> Iterator[Finding]:
    """Whether a file has the bytes that a save would give it."""
    if data == canonical:
        return
    wanted = canonical.split(b"\n")
    lines = data.split(b"\n")
    line = next((n for n, (a, b) in enumerate(zip(lines, wanted, strict=False), start=1) if a != b), len(wanted))
    if sorted(text for _, text in numbered_lines(data)) == sorted(text for _, text in numbered_lines(canonical)):
        message = "The lines are not sorted by frame and id, or some are blank."
    else:
        message = "The line is written in another form than a save would write it."
    yield NOT_CANONICAL.broken(message, path=path, line=line)

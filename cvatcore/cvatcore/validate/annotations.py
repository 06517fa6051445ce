"""The annotations of one job."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from cvatcore.edit import MAX_ID
from cvatcore.schema import Keyframe, Shape, Track, object_ids
from cvatcore.store import Shard, Store, encode_shard, encode_tracks
from cvatcore.store.layout import tracks_path
from cvatcore.validate.finding import Finding
from cvatcore.validate.objects import Surroundings, check_shard_line, check_track_line
from cvatcore.validate.reading import numbered_lines, read_shard_lines, read_track_lines
from cvatcore.validate.rules import DUPLICATE_KEYFRAME, EMPTY_TRACK, NOT_CANONICAL, ORPHAN_KEYFRAME


def check_job(
    store: Store, around: Surroundings, shards: list[tuple[int, str]], *, ids: array[int]
) -> Iterator[Finding]:
    """What is wrong in a job's files; the ids of its objects are added to `ids`.

    Args:
        store: the workspace's files.
        around: the job, and what its objects are judged by.
        shards: the first frame and the path of each shard.
        ids: collects 8 bytes an object.
    """
    heads_path = tracks_path(around.task, around.job)
    heads_data = store.read(heads_path) or b""
    heads = read_track_lines(heads_data, path=heads_path)
    yield from heads.broken
    tracks: dict[int, int] = {}
    for line, track in heads.items:
        _note(ids, track)
        tracks.update(dict.fromkeys(object_ids(track), line))
        yield from check_track_line(track, around, path=heads_path, line=line)
    if not heads.broken:
        yield from _check_text(heads_data, encode_tracks(track for _, track in heads.items), path=heads_path)

    keyframes: dict[tuple[int, int], tuple[str, int]] = {}
    for first, path in shards:
        data = store.read(path) or b""
        lines = read_shard_lines(data, path=path)
        yield from lines.broken
        for line, item in lines.items:
            yield from check_shard_line(item, around, first=first, path=path, line=line)
            if isinstance(item, Shape):
                _note(ids, item)
            else:
                yield from _check_keyframe(item, tracks, keyframes, path=path, line=line, complete=not heads.broken)
        if not lines.broken:
            yield from _check_text(data, encode_shard(_shard_of(lines.items)), path=path)
    found = {track for track, _ in keyframes}
    for line, track in heads.items:
        if not found.intersection(object_ids(track)):
            yield EMPTY_TRACK.broken(f"Track {track.id} has no keyframe.", path=heads_path, line=line, object=track.id)


def _check_keyframe(
    keyframe: Keyframe,
    tracks: dict[int, int],
    known: dict[tuple[int, int], tuple[str, int]],
    *,
    path: str,
    line: int,
    complete: bool,
) -> Iterator[Finding]:
    place = keyframe.track, keyframe.frame
    if complete and keyframe.track not in tracks:
        message = f"There is no track {keyframe.track}."
        yield ORPHAN_KEYFRAME.broken(message, path=path, line=line, frame=keyframe.frame, object=keyframe.track)
    if place in known:
        other = "{}:{}".format(*known[place])
        message = f"Track {keyframe.track} has another keyframe on frame {keyframe.frame}, at {other}."
        yield DUPLICATE_KEYFRAME.broken(message, path=path, line=line, frame=keyframe.frame, object=keyframe.track)
    else:
        known[place] = path, line


def _note(ids: array[int], item: Shape | Track) -> None:
    """Remember the ids of an object; one that is out of range is found by a rule of its own."""
    ids.extend(number for number in object_ids(item) if 0 < number <= MAX_ID)


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

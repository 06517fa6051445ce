"""The annotations of one job: shards read once and again only where a file changed, edits planned shard by shard."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Mapping

import msgspec

from cvatcore.edit import ChangeSet, Counts
from cvatcore.schema import Annotations, Keyframe, Shape, Track
from cvatcore.store.files import MISSING, Stamp, stamp
from cvatcore.store.layout import annotations_dir, shard_path, shard_start, tracks_path
from cvatcore.store.shards import Shard, decode_shard, decode_tracks, encode_shard, encode_tracks
from cvatcore.store.store import Store

_EMPTY = Shard()


class Plan(msgspec.Struct, frozen=True):
    """What a change would write: files (None removes one), and how many objects it touches."""

    files: Mapping[str, bytes | None]
    counts: Counts
    shards: Mapping[int, Shard]
    heads: Mapping[int, Track]


class JobAnnotations:
    """The decoded shards of one job, kept in step with the disk."""

    def __init__(self, store: Store, *, task: int, job: int) -> None:
        self._store = store
        self._task = task
        self._job = job
        self._lock = threading.RLock()
        self._folder = store.root / annotations_dir(task, job)
        self._folder_stamp = MISSING
        self._shards: dict[int, tuple[Stamp, Shard]] = {}
        self._heads: dict[int, Track] = {}
        self._heads_stamp = MISSING
        self._shape_shard: dict[int, int] = {}
        self._keyframe_shards: dict[int, set[int]] = {}
        self._assembled: Annotations | None = None

    def read(self) -> Annotations:
        """All objects of the job as the working tree has them.

        Errors: InvalidDocument for a file that cannot be read, with the line.
        """
        with self._lock:
            self._refresh()
            if self._assembled is None:
                self._assembled = self._assemble()
            return self._assembled

    def plan(self, change: ChangeSet) -> Plan:
        """What to write for a change: only the shards that it touches."""
        with self._lock:
            self._refresh_for(change)
            put = {item.id: item for item in (*change.shapes, *change.tracks)}
            touched = {
                number for number in (*put, *change.delete) if number in self._shape_shard or number in self._heads
            }
            draft = _Draft(self._shards)
            heads = dict(self._heads) if touched & self._heads.keys() or change.tracks else self._heads
            removed = changed = 0
            for number in touched:
                old = self._take_out(number, draft, heads)
                if number not in put:
                    removed += 1
                elif old != put[number]:
                    changed += 1
            for shape in change.shapes:
                draft.shapes(shard_start(shape.frame))[shape.id] = shape
            for track in change.tracks:
                heads[track.id] = track
                for keyframe in _keyframes((track,)):
                    place = keyframe.track, keyframe.frame
                    draft.keyframes(shard_start(keyframe.frame))[place] = keyframe
            counts = Counts(added=len(put.keys() - touched), changed=changed, removed=removed)
            return self._plan(draft, heads, counts)

    def accept(self, plan: Plan) -> None:
        """Take a plan that was written as the present state, without reading it again."""
        with self._lock:
            for first, shard in plan.shards.items():
                self._set_shard(first, shard, self._stamp(first))
            if plan.heads is not self._heads:
                self._heads = {track.id: _bare(track) for track in plan.heads.values()}
                self._heads_stamp = stamp(self._store.root / tracks_path(self._task, self._job))
            self._folder_stamp = stamp(self._folder)

    def _plan(self, draft: _Draft, heads: dict[int, Track], counts: Counts) -> Plan:
        files: dict[str, bytes | None] = {}
        shards: dict[int, Shard] = {}
        for first, shard in draft.finish():
            if shard == self._shards.get(first, (MISSING, _EMPTY))[1]:
                continue
            shards[first] = shard
            path = shard_path(self._task, self._job, first)
            files[path] = None if shard.is_empty else encode_shard(shard)
        if heads is not self._heads:
            path = tracks_path(self._task, self._job)
            files[path] = encode_tracks(heads.values()) if heads else None
        return Plan(files=files, counts=counts, shards=shards, heads=heads)

    def _take_out(self, number: int, draft: _Draft, heads: dict[int, Track]) -> Shape | Track:
        """Remove an object from a draft and return it as it was."""
        if number in self._shape_shard:
            return draft.shapes(self._shape_shard[number]).pop(number)
        head = heads.pop(number)
        track = _joined(head, self._keyframes_of(head))
        for keyframe in _keyframes((track,)):
            place = keyframe.track, keyframe.frame
            draft.keyframes(shard_start(keyframe.frame)).pop(place, None)
        return track

    def _keyframes_of(self, head: Track) -> dict[int, list[Keyframe]]:
        wanted = {head.id, *(element.id for element in head.elements)}
        found: dict[int, list[Keyframe]] = {}
        for number in wanted:
            for first in sorted(self._keyframe_shards.get(number, ())):
                for keyframe in self._shards[first][1].keyframes:
                    if keyframe.track == number:
                        found.setdefault(number, []).append(keyframe)
        return found

    def _assemble(self) -> Annotations:
        shapes: list[Shape] = []
        keyframes: dict[int, list[Keyframe]] = {}
        for first in sorted(self._shards):
            shard = self._shards[first][1]
            shapes += shard.shapes
            for keyframe in shard.keyframes:
                keyframes.setdefault(keyframe.track, []).append(keyframe)
        tracks = [_joined(self._heads[number], keyframes) for number in sorted(self._heads)]
        return Annotations(shapes=tuple(shapes), tracks=tuple(tracks))

    def _refresh_for(self, change: ChangeSet) -> None:
        """Be sure of the shards that a change touches, without a look at all the others.

        Others write a shard by renaming, which changes the folder's own stamp.
        """
        numbers = {*change.delete, *(item.id for item in (*change.shapes, *change.tracks))}
        touched = {shard_start(shape.frame) for shape in change.shapes}
        touched |= {self._shape_shard[number] for number in numbers & self._shape_shard.keys()}
        known = self._folder_stamp != MISSING and self._folder_stamp == stamp(self._folder)
        if (
            not known
            or change.tracks
            or numbers & self._heads.keys()
            or any(self._stamp(first) != self._known_stamp(first) for first in touched)
        ):
            self._refresh()

    def _known_stamp(self, first: int) -> Stamp:
        return self._shards[first][0] if first in self._shards else MISSING

    def _refresh(self) -> None:
        """Read again what changed on disk since the last look."""
        folder = self._folder
        self._folder_stamp = stamp(folder)
        found: dict[int, Stamp] = {}
        heads_stamp = MISSING
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    name, _, extension = entry.name.partition(".")
                    if extension != "jsonl":
                        continue
                    status = entry.stat()
                    now = status.st_mtime_ns, status.st_size, status.st_ino
                    if name.isdecimal():
                        found[int(name)] = now
                    elif name == "tracks":
                        heads_stamp = now
        except (FileNotFoundError, NotADirectoryError):
            pass  # Nothing was annotated yet.
        for first in self._shards.keys() - found.keys():
            self._set_shard(first, _EMPTY, MISSING)
        for first, now in found.items():
            if first not in self._shards or self._shards[first][0] != now:
                path = shard_path(self._task, self._job, first)
                shard = _sorted(decode_shard(self._store.read(path) or b"", path=path))
                self._set_shard(first, shard, now)
        if heads_stamp != self._heads_stamp:
            path = tracks_path(self._task, self._job)
            heads = decode_tracks(self._store.read(path) or b"", path=path)
            self._heads = {track.id: track for track in heads}
            self._heads_stamp = heads_stamp
            self._assembled = None

    def _set_shard(self, first: int, shard: Shard, now: Stamp) -> None:
        self._assembled = None
        _, old = self._shards.pop(first, (MISSING, _EMPTY))
        for shape in old.shapes:
            if self._shape_shard.get(shape.id) == first:
                del self._shape_shard[shape.id]
        for keyframe in old.keyframes:
            self._keyframe_shards.get(keyframe.track, set()).discard(first)
        if now == MISSING:
            return
        self._shards[first] = (now, shard)
        for shape in shard.shapes:
            self._shape_shard[shape.id] = first
        for keyframe in shard.keyframes:
            self._keyframe_shards.setdefault(keyframe.track, set()).add(first)

    def _stamp(self, first: int) -> Stamp:
        return stamp(self._store.root / shard_path(self._task, self._job, first))


class _Draft:
    """Editable copies of the shards that a change touches."""

    def __init__(self, shards: Mapping[int, tuple[Stamp, Shard]]) -> None:
        self._source = shards
        self._shapes: dict[int, dict[int, Shape]] = {}
        self._keyframes: dict[int, dict[tuple[int, int], Keyframe]] = {}

    def shapes(self, first: int) -> dict[int, Shape]:
        self._open(first)
        return self._shapes[first]

    def keyframes(self, first: int) -> dict[tuple[int, int], Keyframe]:
        self._open(first)
        return self._keyframes[first]

    def finish(self) -> Iterable[tuple[int, Shard]]:
        for first, shapes in self._shapes.items():
            keyframes = self._keyframes[first]
            yield (
                first,
                _sorted(Shard(shapes=tuple(shapes.values()), keyframes=tuple(keyframes.values()))),
            )

    def _open(self, first: int) -> None:
        if first not in self._shapes:
            shard = self._source.get(first, (MISSING, _EMPTY))[1]
            self._shapes[first] = {shape.id: shape for shape in shard.shapes}
            self._keyframes[first] = {(key.track, key.frame): key for key in shard.keyframes}


def _sorted(shard: Shard) -> Shard:
    return Shard(
        shapes=tuple(sorted(shard.shapes, key=lambda shape: (shape.frame, shape.id))),
        keyframes=tuple(sorted(shard.keyframes, key=lambda key: (key.frame, key.track))),
    )


def _joined(head: Track, keyframes: Mapping[int, list[Keyframe]]) -> Track:
    """A track with its keyframes, and its elements with theirs."""
    return msgspec.structs.replace(
        head,
        keyframes=tuple(sorted(keyframes.get(head.id, ()), key=lambda key: key.frame)),
        elements=tuple(_joined(element, keyframes) for element in head.elements),
    )


def _bare(track: Track) -> Track:
    elements = tuple(_bare(element) for element in track.elements)
    return msgspec.structs.replace(track, keyframes=(), elements=elements)


def _keyframes(tracks: Iterable[Track]) -> Iterable[Keyframe]:
    for track in tracks:
        yield from track.keyframes
        yield from _keyframes(track.elements)

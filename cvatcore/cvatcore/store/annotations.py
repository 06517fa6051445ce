"""The annotations of one job: shards read once and again only where a file changed, edits planned shard by shard."""

from __future__ import annotations

import contextlib
import posixpath
import threading
import time
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from cvatcore.edit import ChangeSet, Counts
from cvatcore.errors import InvalidInput
from cvatcore.schema import Annotations, Keyframe, Shape, Track, object_ids
from cvatcore.store.files import MISSING, Stamp
from cvatcore.store.layout import annotations_dir, shard_path, shard_start, tracks_path
from cvatcore.store.shard_files import list_shards
from cvatcore.store.shards import Shard, bare_track, decode_shard, decode_tracks, encode_shard, encode_tracks
from cvatcore.store.store import Store
from cvatcore.tracks import TrackTable

_EMPTY = Shard()

_LONGEST_WAIT = 0.1
"""Seconds that a reader waits for another program that is just saving the job."""

_PAUSE = 0.001


class Plan(msgspec.Struct, frozen=True):
    """What a change would write: files (None removes one), and how many objects it touches."""

    files: Mapping[str, bytes | None]
    counts: Counts
    shards: Mapping[int, Shard]
    """The shards that change, by their first frame."""
    heads: Mapping[int, Track]
    """All tracks by id, without their keyframes."""


class JobAnnotations:
    """The decoded shards of one job, kept in step with the disk. Safe to use from several threads."""

    def __init__(self, store: Store, *, task: int, job: int) -> None:
        self._store = store
        self._task = task
        self._job = job
        self._lock = threading.RLock()
        self._shards: dict[int, tuple[Stamp, Shard]] = {}
        self._heads: dict[int, Track] = {}
        self._heads_stamp = MISSING
        self._folders: dict[str, Stamp] = {}
        """The folders of its files, as they were at the last look."""
        self._places: dict[int, tuple[int, ...]] = {}
        """By the id of a shape or track (or joint of one): the shards that hold it or its keyframes."""
        self._owners: dict[int, int] = {}
        """By the id of an element: the object that it is part of."""
        self._assembled: Annotations | None = None
        self._table: tuple[Annotations, TrackTable] | None = None
        """The tracks of a reading, ready to be asked for frames."""

    @contextlib.contextmanager
    def editing(self) -> Iterator[None]:
        """Keep other threads from reading while a plan is made and written: they see all of a change or nothing.

        A thread that takes the workspace's write lock too takes that one first.
        """
        with self._lock:
            yield

    def read(self) -> Annotations:
        """All objects of the job as the working tree has them.

        Errors: InvalidDocument for a file that cannot be read, with the line; StorageFailed.
        """
        self._store.mend()
        with self._lock:
            self._refresh_whole()
            if self._assembled is None:
                self._assembled = self._assemble()
            return self._assembled

    def on(self, frame: int) -> list[Shape]:
        """What is seen on a frame: its shapes and tags, then each track as the shape that it is there.

        Errors: as `read`.
        """
        whole = self.read()
        with self._lock:
            if self._table is None or self._table[0] is not whole:
                self._table = whole, TrackTable(whole.tracks)
            table = self._table[1]
        first = bisect_left(whole.shapes, frame, key=lambda shape: shape.frame)
        after = bisect_right(whole.shapes, frame, key=lambda shape: shape.frame)
        shapes = [shape for shape in whole.shapes[first:after] if not shape.outside]
        return shapes + table.on(frame)

    def plan(self, change: ChangeSet) -> Plan:
        """What to write for a change: only the shards that it touches.

        Errors: InvalidInput when an id is taken by a part of another object; InvalidDocument; StorageFailed.
        """
        with self._lock:
            put: dict[int, Shape | Track] = {item.id: item for item in change.shapes}
            put |= {item.id: item for item in change.tracks}
            out = put.keys() | change.delete
            into = _by_shard(change)
            self._refresh_for(out, into)
            self._check_ids(put.values(), out)
            shapes: dict[int, dict[int, Shape]] = {}
            before = {number: found for number in out if (found := self._find(number, shapes)) is not None}
            counts = Counts(
                added=len(put.keys() - before.keys()),
                changed=sum(1 for number, item in put.items() if number in before and before[number] != item),
                removed=len(before.keys() - put.keys()),
            )
            gone = out.union(*(object_ids(item) for item in (*before.values(), *put.values())))
            shards: dict[int, Shard] = {}
            files: dict[str, bytes | None] = {}
            for first in sorted({place for number in gone for place in self._places.get(number, ())} | into.keys()):
                old = self._shard(first)
                new = _edited(old, gone, into.get(first, _EMPTY))
                if new != old:
                    shards[first] = new
                    path = shard_path(self._task, self._job, first)
                    files[path] = None if new.is_empty else encode_shard(new)
            heads = self._heads
            if change.tracks or not out.isdisjoint(heads):
                heads = {number: head for number, head in heads.items() if number not in out}
                heads |= {track.id: bare_track(track) for track in change.tracks}
            if heads != self._heads:
                files[tracks_path(self._task, self._job)] = encode_tracks(heads.values()) if heads else None
            return Plan(files=files, counts=counts, shards=shards, heads=heads)

    def accept(self, plan: Plan) -> None:
        """Take a plan that was written as the present state, without reading it again."""
        with self._lock:
            for first, shard in plan.shards.items():
                path = shard_path(self._task, self._job, first)
                now = self._store.files.stamp(path)
                # A file of another length was edited since: it is read the next time.
                if now[1] == len(plan.files[path] or b""):
                    self._set_shard(first, shard, now)
            path = tracks_path(self._task, self._job)
            if path in plan.files:
                now = self._store.files.stamp(path)
                if now[1] == len(plan.files[path] or b""):
                    self._set_heads(plan.heads.values(), now)
            self._folders = {folder: self._store.files.stamp(folder) for folder in (*self._folders, *_folders(plan))}

    def _check_ids(self, items: Iterable[Shape | Track], out: set[int]) -> None:
        """Refuse an id that is taken by an object which the change leaves as it is."""
        for item in items:
            for number in object_ids(item):
                owner = self._owners.get(number)
                if owner is None and number != item.id and (number in self._places or number in self._heads):
                    owner = number
                if owner is not None and owner not in out:
                    raise InvalidInput(f"The id {number} is taken by object {owner}, or a part of it.")

    def _find(self, number: int, shapes: dict[int, dict[int, Shape]]) -> Shape | Track | None:
        """The object of an id; `shapes` keeps, by shard and id, what was looked through already."""
        if number in self._heads:
            head = self._heads[number]
            keyframes: dict[int, list[Keyframe]] = {}
            wanted = set(object_ids(head))
            for first in {place for one in wanted for place in self._places.get(one, ())}:
                _collect(keyframes, (key for key in self._shard(first).keyframes if key.track in wanted))
            return _joined(head, keyframes)
        for first in self._places.get(number, ()):
            if first not in shapes:
                # Of lines that share an id the first is the one that counts.
                shapes[first] = {shape.id: shape for shape in reversed(self._shard(first).shapes)}
            if number in shapes[first]:
                return shapes[first][number]
        return None

    def _assemble(self) -> Annotations:
        shapes: list[Shape] = []
        keyframes: dict[int, list[Keyframe]] = {}
        for first in sorted(self._shards):
            shapes += self._shard(first).shapes
            _collect(keyframes, self._shard(first).keyframes)
        tracks = [_joined(self._heads[number], keyframes) for number in sorted(self._heads)]
        return Annotations(shapes=tuple(shapes), tracks=tuple(tracks))

    def _refresh_for(self, numbers: Iterable[int], shards: Iterable[int]) -> None:
        """Be sure of what a change touches, without a look at every other file of the job.

        Programs replace a shard by renaming, which moves the stamp of its folder; what a person edits in
        place shows in the stamps of the shards that the change touches, or matters to no line of it.
        """
        now = self._store.files.stamp
        touched = {*shards, *(place for number in numbers for place in self._places.get(number, ()))}
        if (
            MISSING in self._folders.values()
            or not self._folders
            or any(known != now(folder) for folder, known in self._folders.items())
            or self._heads_stamp != now(tracks_path(self._task, self._job))
            or any(self._known(first) != now(shard_path(self._task, self._job, first)) for first in touched)
        ):
            self._refresh()

    def _known(self, first: int) -> Stamp:
        return self._shards[first][0] if first in self._shards else MISSING

    def _refresh_whole(self) -> None:
        """Read again what changed on disk, and see to it that it is all of what another program saves, or nothing.

        A save notes its files in the journal before it moves the first of them, and ends the journal after the last:
        what is the same at two looks, with no journal between them, is whole.
        """
        folder = annotations_dir(self._task, self._job)
        end = time.monotonic() + _LONGEST_WAIT
        is_clear = True
        while (self._refresh() or not is_clear) and time.monotonic() < end:
            is_clear = not self._store.is_changing(folder)
            if not is_clear:
                time.sleep(_PAUSE)

    def _refresh(self) -> bool:
        """Read again what changed on disk since the last look: a look at each file's status, nothing more.

        Returns whether anything had.
        """
        changed = False
        held = list_shards(self._store.files, task=self._task, job=self._job)
        found, heads_stamp = held.shards, held.heads
        self._folders = held.folders
        for first in self._shards.keys() - found.keys():
            changed = True
            self._set_shard(first, _EMPTY, MISSING)
        for first, now in found.items():
            if first not in self._shards or self._shards[first][0] != now:
                changed = True
                path = shard_path(self._task, self._job, first)
                self._set_shard(first, decode_shard(self._store.read(path) or b"", path=path), now)
        if heads_stamp != self._heads_stamp:
            changed = True
            path = tracks_path(self._task, self._job)
            self._set_heads(decode_tracks(self._store.read(path) or b"", path=path), heads_stamp)
        return changed

    def _shard(self, first: int) -> Shard:
        return self._shards[first][1] if first in self._shards else _EMPTY

    def _set_shard(self, first: int, shard: Shard, now: Stamp) -> None:
        self._assembled = None
        old = self._shard(first)
        for number in _numbers(old) - _numbers(shard):
            places = tuple(place for place in self._places[number] if place != first)
            if places:
                self._places[number] = places
            else:
                del self._places[number]
        here = (first,)
        for number in _numbers(shard) - _numbers(old):
            self._places[number] = self._places[number] + here if number in self._places else here
        self._own(old.shapes, shard.shapes)
        if shard.is_empty:
            self._shards.pop(first, None)
        if now != MISSING:
            self._shards[first] = (now, shard)

    def _set_heads(self, heads: Iterable[Track], now: Stamp) -> None:
        self._assembled = None
        old = self._heads
        self._heads = {track.id: track for track in heads}
        self._heads_stamp = now
        self._own(old.values(), self._heads.values())

    def _own(self, old: Iterable[Shape | Track], new: Iterable[Shape | Track]) -> None:
        """Keep account of which object the elements belong to."""
        for item in old:
            for element in item.elements:
                self._owners.pop(element.id, None)
        for item in new:
            for element in item.elements:
                self._owners[element.id] = item.id


def _folders(plan: Plan) -> Iterator[str]:
    """The folders of the files that a plan writes."""
    for path in plan.files:
        yield posixpath.dirname(path)


def _numbers(shard: Shard) -> set[int]:
    return {shape.id for shape in shard.shapes} | {keyframe.track for keyframe in shard.keyframes}


def _edited(shard: Shard, gone: set[int], put: Shard) -> Shard:
    """A shard without some objects and with others. Two objects of one id, which only a hand can make, both stay."""
    shapes = [shape for shape in shard.shapes if shape.id not in gone]
    keyframes = [keyframe for keyframe in shard.keyframes if keyframe.track not in gone]
    return Shard(shapes=(*shapes, *put.shapes), keyframes=(*keyframes, *put.keyframes)).in_order()


def _by_shard(change: ChangeSet) -> dict[int, Shard]:
    """What a change puts on each run of frames."""
    shapes: dict[int, list[Shape]] = {}
    for shape in change.shapes:
        shapes.setdefault(shard_start(shape.frame), []).append(shape)
    keyframes: dict[int, list[Keyframe]] = {}
    for keyframe in _keyframes(change.tracks):
        keyframes.setdefault(shard_start(keyframe.frame), []).append(keyframe)
    return {
        first: Shard(shapes=tuple(shapes.get(first, ())), keyframes=tuple(keyframes.get(first, ())))
        for first in shapes.keys() | keyframes.keys()
    }


def _collect(into: dict[int, list[Keyframe]], keyframes: Iterable[Keyframe]) -> None:
    for keyframe in keyframes:
        into.setdefault(keyframe.track, []).append(keyframe)


def _joined(head: Track, keyframes: Mapping[int, list[Keyframe]]) -> Track:
    """A track with its keyframes, and its elements with theirs."""
    return msgspec.structs.replace(
        head,
        keyframes=tuple(sorted(keyframes.get(head.id, ()), key=lambda key: key.frame)),
        elements=tuple(_joined(element, keyframes) for element in head.elements),
    )


def _keyframes(tracks: Iterable[Track]) -> Iterator[Keyframe]:
    for track in tracks:
        yield from track.keyframes
        yield from _keyframes(track.elements)

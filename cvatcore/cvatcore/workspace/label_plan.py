"""A change of labels as files: the shards of a job with each line rewritten, without putting its objects together.

What a preview looks at and what is written go the same way. A preview reads outlines, lines without their points,
which is most of the work saved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import cast

import msgspec

from cvatcore.edit.label_change import LabelChange
from cvatcore.edit.label_objects import Relabeler, Tally
from cvatcore.errors import InvalidDocument
from cvatcore.schema import Keyframe, Shape, ShapeType, Track
from cvatcore.store import Shard, Store, decode_shard, decode_tracks, encode_shard, encode_tracks
from cvatcore.store.layout import shard_path, task_dir, tracks_path
from cvatcore.store.shard_files import list_shards
from cvatcore.store.shards import bare_track

Decode = Callable[[bytes, str], Shard]


class JobPlan(msgspec.Struct, frozen=True):
    """What a change does to one job: what was counted, and the shards and track heads that are other ones then."""

    task: int
    job: int
    tally: Tally
    shards: Mapping[int, Shard]
    """By their first frame."""
    heads: tuple[Track, ...] | None
    """None when none of them changes."""

    def files(self) -> dict[str, bytes | None]:
        """What to write; None removes a file."""
        files: dict[str, bytes | None] = {
            shard_path(self.task, self.job, first): None if shard.is_empty else encode_shard(shard)
            for first, shard in self.shards.items()
        }
        if self.heads is not None:
            files[tracks_path(self.task, self.job)] = encode_tracks(self.heads) if self.heads else None
        return files


def plan_task(store: Store, task: int, change: LabelChange, *, outlines: bool) -> Iterator[JobPlan]:
    """What a change of labels does to each job of a task that has annotations.

    Args:
        store: the workspace's files.
        task: whose annotations.
        change: the change.
        outlines: read no more than counting needs; the plans are then not to be written.

    Errors: InvalidDocument for a file that cannot be read, StorageFailed.
    """
    if not Relabeler(change, Tally()).names:
        return  # Another colour, say: no object is touched, and no file read.
    decode = decode_outlines if outlines else _decode_whole
    folders = store.files.listing(f"{task_dir(task)}/annotations").folders
    for job in sorted(int(name) for name in folders if name.isdecimal() and str(int(name)) == name):
        yield _plan_job(store, task, job, change, decode)


def decode_outlines(data: bytes, path: str) -> Shard:
    """The lines of a shard in the file's order, each without its points.

    The structs stand for shapes and keyframes, and have of their fields those that labels decide about.
    Errors: InvalidDocument with the line at fault.
    """
    try:
        lines = _outline.decode_lines(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        decode_shard(data, path=path)  # It knows the line and what to say of it.
        raise InvalidDocument("A line cannot be read.", path=path) from None
    return Shard(
        shapes=cast("tuple[Shape, ...]", tuple(line for line in lines if not line.track)),
        keyframes=cast("tuple[Keyframe, ...]", tuple(line for line in lines if line.track)),
    )


class _Joint(msgspec.Struct, frozen=True, gc=False):
    label: str
    attributes: dict[str, str] = {}


class _Outline(msgspec.Struct, frozen=True, gc=False):
    type: ShapeType
    frame: int = 0
    track: int = 0
    label: str = ""
    attributes: dict[str, str] = {}
    elements: tuple[_Joint, ...] = ()


_outline = msgspec.json.Decoder(_Outline)


def _decode_whole(data: bytes, path: str) -> Shard:
    return decode_shard(data, path=path)


def _plan_job(store: Store, task: int, job: int, change: LabelChange, decode: Decode) -> JobPlan:
    tally = Tally()
    relabeler = Relabeler(change, tally)
    path = tracks_path(task, job)
    heads = decode_tracks(store.read(path) or b"", path=path)
    # Most heads can be changed alone; the others wait until their keyframes are read.
    deep = {number for head in heads if relabeler.needs_keyframes(head) for number in _ids(head)}
    needles = tuple(msgspec.json.encode(name) for name in relabeler.names)
    shards: dict[int, Shard] = {}
    keyframes: dict[int, list[Keyframe]] = {number: [] for number in deep}
    held: dict[int, Shard] = {}
    for first in sorted(list_shards(store.files, task=task, job=job).shards):
        path = shard_path(task, job, first)
        data = store.read(path) or b""
        if not _may_matter(data, needles, with_keyframes=bool(deep)):
            continue
        shard = decode(data, path)
        shapes = [relabeler.shape(shape) for shape in shard.shapes]
        if any(new is not old for new, old in zip(shapes, shard.shapes, strict=True)):
            kept = tuple(shape for shape in shapes if shape is not None)
            shards[first] = Shard(shapes=kept, keyframes=shard.keyframes)
        if deep:
            held[first] = shards.get(first, shard)
            for keyframe in shard.keyframes:
                if keyframe.track in deep:
                    keyframes[keyframe.track].append(keyframe)
    new_heads: list[Track] = []
    changed: dict[int, Keyframe | None] = {}
    for head in heads:
        whole = _joined(head, keyframes) if head.id in deep else head
        new = relabeler.track(whole)
        if new is not whole:
            changed |= _keyframes_after(whole, new)
        if new is not None:
            new_heads.append(bare_track(new))
    if changed:
        for first, shard in held.items():
            if any(id(keyframe) in changed for keyframe in shard.keyframes):
                after = [changed.get(id(keyframe), keyframe) for keyframe in shard.keyframes]
                kept_keys = tuple(keyframe for keyframe in after if keyframe is not None)
                shards[first] = Shard(shapes=shard.shapes, keyframes=kept_keys)
    return JobPlan(task, job, tally, shards, None if new_heads == list(heads) else tuple(new_heads))


def _may_matter(data: bytes, needles: Iterable[bytes], *, with_keyframes: bool) -> bool:
    """Whether a shard can have a line that changes: one whose label is named, however the name is written."""
    return any(needle in data for needle in needles) or b"\\" in data or (with_keyframes and b'"track"' in data)


def _ids(head: Track) -> Iterator[int]:
    yield head.id
    for element in head.elements:
        yield from _ids(element)


def _joined(head: Track, keyframes: Mapping[int, list[Keyframe]]) -> Track:
    own = sorted(keyframes[head.id], key=lambda keyframe: keyframe.frame)
    elements = tuple(_joined(element, keyframes) for element in head.elements)
    return msgspec.structs.replace(head, keyframes=tuple(own), elements=elements)


def _keyframes_after(old: Track, new: Track | None) -> dict[int, Keyframe | None]:
    """What becomes of each keyframe of a track, by the identity of its struct; those that stay are left out."""
    if new is None:
        gone: dict[int, Keyframe | None] = {id(keyframe): None for keyframe in old.keyframes}
        for element in old.elements:
            gone |= _keyframes_after(element, None)
        return gone
    changed: dict[int, Keyframe | None] = {
        id(before): after
        for before, after in zip(old.keyframes, new.keyframes, strict=True)
        if after is not before and after != before
    }
    after_by_id = {element.id: element for element in new.elements}
    for element in old.elements:
        if (left := after_by_id.get(element.id)) is not element:
            changed |= _keyframes_after(element, left)
    return changed

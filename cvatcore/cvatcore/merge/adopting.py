"""Tracks that a merge of single files left incomplete, made whole again from what was before.

A merge of one file alone, as git's merge driver does it, cannot see that a track whose line one side deleted in
`tracks.jsonl` has a keyframe in another file which the other side changed, and so stays; nor that a track whose line
was changed lost its keyframes elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from cvatcore.schema import Annotations, Keyframe, Track


class Adopted(msgspec.Struct, frozen=True):
    """The tracks of a job, each with a head and keyframes."""

    tracks: tuple[Track, ...]
    """All of them, with their keyframes, sorted by id."""
    adopted: frozenset[int]
    """The ids of those that were incomplete."""
    orphans: tuple[Keyframe, ...]
    """Keyframes of tracks that no earlier version knows; sorted by frame and track."""


def orphans(tracks: Iterable[Track], keyframes: Iterable[Keyframe]) -> tuple[Keyframe, ...]:
    """The keyframes that belong to none of these tracks, nor to a joint of one; in their order."""
    known = {number for track in tracks for number in _numbers(track)}
    return tuple(keyframe for keyframe in keyframes if keyframe.track not in known)


def adopt(tracks: Sequence[Track], keyframes: Iterable[Keyframe], *, earlier: Iterable[Annotations]) -> Adopted:
    """Give keyframes without a track the head that it had, and tracks without keyframes those that they had.

    Args:
        tracks: the heads of a job (their own `keyframes` are not looked at).
        keyframes: all keyframes of the job.
        earlier: versions of the job to take from, the best one first: the sides of the merge, then their ancestors.
    """
    by_track: dict[int, list[Keyframe]] = {}
    for keyframe in keyframes:
        by_track.setdefault(keyframe.track, []).append(keyframe)
    owners: dict[int, Track] = {}
    before: dict[int, Track] = {}
    for version in earlier:
        for track in version.tracks:
            owners.setdefault(track.id, track)
            for element in track.elements:
                owners.setdefault(element.id, track)
            if any(True for _ in _keyframes(track)):
                before.setdefault(track.id, track)
    heads = {track.id: track for track in tracks}
    known = {number for track in tracks for number in _numbers(track)}
    adopted: set[int] = set()
    for number in sorted(by_track):
        owner = owners.get(number)
        if number not in known and owner is not None and owner.id not in heads:
            heads[owner.id] = owner
            known.update(_numbers(owner))
            adopted.add(owner.id)
    result: list[Track] = []
    for number in sorted(heads):
        whole = _joined(heads[number], by_track)
        if number in before and not any(True for _ in _keyframes(whole)):
            adopted.add(number)
            whole = _with_keyframes(heads[number], before[number])
        result.append(whole)
    left = [keyframe for number, keys in by_track.items() if number not in known for keyframe in keys]
    left.sort(key=lambda keyframe: (keyframe.frame, keyframe.track))
    return Adopted(tuple(result), frozenset(adopted), tuple(left))


def _numbers(track: Track) -> Iterable[int]:
    yield track.id
    for element in track.elements:
        yield from _numbers(element)


def _keyframes(track: Track) -> Iterable[Keyframe]:
    yield from track.keyframes
    for element in track.elements:
        yield from _keyframes(element)


def _joined(head: Track, keyframes: dict[int, list[Keyframe]]) -> Track:
    own = sorted(keyframes.get(head.id, ()), key=lambda keyframe: keyframe.frame)
    elements = tuple(_joined(element, keyframes) for element in head.elements)
    return msgspec.structs.replace(head, keyframes=tuple(own), elements=elements)


def _with_keyframes(head: Track, before: Track) -> Track:
    joints = {element.id: element for element in before.elements}
    elements = tuple(
        _with_keyframes(element, joints[element.id]) if element.id in joints else element for element in head.elements
    )
    return msgspec.structs.replace(head, keyframes=before.keyframes, elements=elements)

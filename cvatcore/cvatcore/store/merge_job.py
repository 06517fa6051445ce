"""The annotations of one job merged as one thing, from the files in which the sides differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from cvatcore.merge.adopting import adopt
from cvatcore.merge.annotations import merge_annotations
from cvatcore.merge.label_use import used_labels
from cvatcore.merge.renames import LabelVersions, renamed, renames
from cvatcore.merge.tracks import JobConflicts
from cvatcore.schema import Annotations, ConflictDocument, Keyframe, Label, Shape, Track
from cvatcore.store.common_lines import common_lines, common_tracks, decode_others, insert_lines, other_lines
from cvatcore.store.layout import place_of, shard_path, shard_start, tracks_path
from cvatcore.store.merge_lines import merge_loose_keyframes
from cvatcore.store.shards import Shard, bare_track, decode_shard, decode_tracks, encode_shard, encode_tracks

Files = Mapping[str, bytes]
"""Files of a job by their path in the workspace."""


class JobMerge(msgspec.Struct, frozen=True):
    """What a merge makes of a job's files."""

    files: Mapping[str, bytes | None]
    """Those that differ from ours; None removes one."""
    conflicts: tuple[ConflictDocument, ...] = ()
    """Sorted by id."""
    used: Mapping[str, frozenset[str]] = {}
    """The labels that objects in these files have after the merge, each with their attributes (`keep_used_labels`)."""


def merge_job_files(
    task: int,
    job: int,
    bases: Sequence[Files],
    ours: Files,
    theirs: Files,
    *,
    same: Callable[[], Files] | None = None,
    labels: LabelVersions | None = None,
) -> JobMerge:
    """Merge the annotations of a job: objects move between files, and tracks stand in many.

    Args:
        task: whose job it is.
        job: its id.
        bases: of each common ancestor the files that are not equal everywhere, and always its `tracks.jsonl`.
        ours: the same of the side whose values stay where two meet.
        theirs: the same of the other side.
        same: reads the shards that are equal everywhere. It is called only where nothing else tells whether a track
            is left with a keyframe; without it there are none.
        labels: the labels of the task on each side and merged, in the order of `bases`. Objects get the names that
            the merged labels have, so a label or attribute that one side renamed is no change of the objects that
            have it. None: names are compared as they stand.

    Errors: InvalidDocument for a file that cannot be read, whose message says of which side.
    """
    common = _common(ours, theirs, bases)
    our, their = _Side.read("ours", ours, common), _Side.read("theirs", theirs, common)
    known = [_Side.read("base", base, common) for base in bases]
    for side in (our, their, *known):
        side.complete([other for other in (our, their, *known) if other is not side])
    if labels is not None:
        our.rename(labels.ours, labels.merged)
        their.rename(labels.theirs, labels.merged)
        for base, former in zip(known, labels.bases, strict=False):
            base.rename(former, labels.merged)
    merged = merge_annotations(
        [base.annotations for base in known],
        our.annotations,
        their.annotations,
        task=task,
        job=job,
        elsewhere=_Elsewhere(same, common),
    )
    conflicts = JobConflicts(task, job, list(merged.conflicts))
    loose = merge_loose_keyframes([base.loose for base in known], our.loose, their.loose, conflicts=conflicts)
    files = _changed_files(task, job, merged.annotations, loose, ours=ours, theirs=theirs, common=common)
    used = {name: frozenset(names) for name, names in used_labels(merged.annotations).items()}
    return JobMerge(files, conflicts.sorted(), used)


def _common(ours: Files, theirs: Files, bases: Sequence[Files]) -> dict[str, frozenset[bytes]]:
    """By shard, the lines that all sides have. They are left out of everything until files are written."""
    sides = (ours, theirs, *bases)
    shards = (path for path in ours if (place := place_of(path)) is not None and place.kind == "shard")
    return {path: common_lines([side.get(path) for side in sides]) for path in shards}


class _Elsewhere:
    """Tells whether a track has keyframes that are equal on all sides; a first question reads them."""

    def __init__(self, same: Callable[[], Files] | None, common: Mapping[str, frozenset[bytes]]) -> None:
        self._same = same
        self._common = common
        self._tracks: set[int] | None = None

    def __call__(self, number: int) -> bool:
        if self._tracks is None:
            self._tracks = {track for lines in self._common.values() for track in common_tracks(lines)}
            for path, data in (self._same() if self._same is not None else {}).items():
                place = place_of(path)
                if place is not None and place.kind == "shard":
                    self._tracks.update(keyframe.track for keyframe in decode_shard(data, path=path).keyframes)
        return number in self._tracks


class _Side:
    """The objects of one side, as far as its files were given and differ from those of the others."""

    def __init__(self, shapes: Sequence[Shape], heads: Sequence[Track], keyframes: Sequence[Keyframe]) -> None:
        self._shapes = tuple(shapes)
        self._heads = tuple(heads)
        self._keyframes = tuple(keyframes)
        self.annotations = Annotations()
        self.loose: tuple[Keyframe, ...] = ()

    @classmethod
    def read(cls, side: str, files: Files, common: Mapping[str, frozenset[bytes]]) -> _Side:
        shapes: list[Shape] = []
        keyframes: list[Keyframe] = []
        heads: tuple[Track, ...] = ()
        for path in sorted(files):
            place = place_of(path)
            name = f"{path} ({side})"
            if place is not None and place.kind == "tracks":
                heads = decode_tracks(files[path], path=name)
            else:
                shard = decode_others(files[path], common.get(path, frozenset()), path=name)
                shapes += shard.shapes
                keyframes += shard.keyframes
        return cls(shapes, heads, keyframes)

    @property
    def heads(self) -> Annotations:
        return Annotations(tracks=self._heads)

    def complete(self, others: Iterable[_Side]) -> None:
        """Join tracks and keyframes; a keyframe without a track gets the head that another side has."""
        whole = adopt(self._heads, self._keyframes, earlier=[other.heads for other in others])
        self.annotations = Annotations(shapes=self._shapes, tracks=whole.tracks)
        self.loose = whole.orphans

    def rename(self, labels: Sequence[Label], merged: Sequence[Label]) -> None:
        """Give objects the names that their labels have in the merge."""
        self.annotations = renamed(self.annotations, renames(labels, merged))


def _changed_files(
    task: int,
    job: int,
    annotations: Annotations,
    loose: Iterable[Keyframe],
    *,
    ours: Files,
    theirs: Files,
    common: Mapping[str, frozenset[bytes]],
) -> dict[str, bytes | None]:
    """The files that are other than ours; None for one that goes."""
    written = _encoded(task, job, annotations, loose)
    files: dict[str, bytes | None] = {}
    for path in sorted(ours.keys() | theirs.keys() | written.keys()):
        lines, old, new = common.get(path), ours.get(path), written.get(path)
        if lines and old is not None:
            if (new or b"") != other_lines(old, lines):
                files[path] = insert_lines(lines, new or b"")
        elif new != old:
            files[path] = new
    return files


def _encoded(task: int, job: int, annotations: Annotations, loose: Iterable[Keyframe]) -> dict[str, bytes]:
    shapes: dict[int, list[Shape]] = {}
    for shape in annotations.shapes:
        shapes.setdefault(shard_start(shape.frame), []).append(shape)
    keyframes: dict[int, list[Keyframe]] = {}
    for keyframe in (*_keyframes(annotations.tracks), *loose):
        keyframes.setdefault(shard_start(keyframe.frame), []).append(keyframe)
    files = {
        shard_path(task, job, first): encode_shard(
            Shard(shapes=tuple(shapes.get(first, ())), keyframes=tuple(keyframes.get(first, ())))
        )
        for first in shapes.keys() | keyframes.keys()
    }
    if annotations.tracks:
        files[tracks_path(task, job)] = encode_tracks(bare_track(track) for track in annotations.tracks)
    return files


def _keyframes(tracks: Iterable[Track]) -> Iterable[Keyframe]:
    for track in tracks:
        yield from track.keyframes
        yield from _keyframes(track.elements)

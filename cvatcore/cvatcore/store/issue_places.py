"""Where on its frame the issue of a merge conflict points to: at the object that two people changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from cvatcore.errors import InvalidDocument
from cvatcore.geometry import bounding_box
from cvatcore.schema import ConflictDocument, Element, Issue, Keyframe, Shape
from cvatcore.store.layout import issue_path, shard_path, shard_start, tracks_path
from cvatcore.store.shards import Shard, decode_shard, decode_tracks
from cvatcore.store.text import decode_json

Point = tuple[float, ...]
"""x y in pixels of the upright frame; empty for the whole frame."""

_DRAWN_ON = frozenset({"polygon", "polyline", "points"})
"""Types that are pointed to at their first point; all others at the upper left corner of their box."""


class IssuePlaces:
    """Finds the places of conflicts in the files of a merge; each shard is read once."""

    def __init__(self, read: Callable[[str], bytes | None]) -> None:
        """`read` gives the bytes of a file of the merged workspace by its path, or None."""
        self._read = read
        self._shards: dict[str, Shard] = {}

    def of(self, conflict: ConflictDocument) -> Point:
        """The place of a conflict; empty where nothing of the object is on the frame, or cannot be read.

        Of places that the two sides have, it is the one further to the left: the same whichever side is ours, but for
        what can be taken from one side only as a whole. Where such issues meet, a merge takes the lower place.
        """
        if conflict.frame < 0 or not conflict.job:
            return ()
        try:
            return min(self._places(conflict), default=())
        except InvalidDocument:
            return ()

    def _places(self, conflict: ConflictDocument) -> Iterator[Point]:
        if conflict.kind == "issue":
            yield from _of_issue(conflict, self._read(issue_path(conflict.task, conflict.number)))
            return
        parts = list(self._parts(conflict))
        for part in parts:
            yield from _anchor(part.type, part.points)
        # The file has ours: theirs is only in the conflict.
        types = {field.field: field for field in conflict.fields}
        kind = parts[0].type if parts else ""
        for field in conflict.fields:
            if field.field != "points" and not field.field.endswith(".points"):
                continue
            turned = types.get(f"{field.field.removesuffix('points')}type")
            for points, type_ in ((field.ours, turned and turned.ours), (field.theirs, turned and turned.theirs)):
                if isinstance(points, Sequence):
                    yield from _anchor(str(type_ or kind), tuple(points))

    def _parts(self, conflict: ConflictDocument) -> Iterator[Shape | Element | Keyframe]:
        """What of the object is drawn on the frame: itself, or the joints of a skeleton."""
        shard = self._shard(shard_path(conflict.task, conflict.job, shard_start(conflict.frame)))
        if conflict.kind == "shape":
            for shape in shard.shapes:
                if shape.id == conflict.number:
                    yield from shape.elements or (shape,)
            return
        here = [keyframe for keyframe in shard.keyframes if keyframe.frame == conflict.frame]
        own = [keyframe for keyframe in here if keyframe.track == conflict.number and keyframe.points]
        yield from own or self._joints(conflict, here)

    def _joints(self, conflict: ConflictDocument, keyframes: Iterable[Keyframe]) -> Iterator[Keyframe]:
        """The keyframes of the joints of a skeleton's track."""
        path = tracks_path(conflict.task, conflict.job)
        heads = decode_tracks(self._read(path) or b"", path=path)
        joints = {joint.id for track in heads if track.id == conflict.number for joint in track.elements}
        return (keyframe for keyframe in keyframes if keyframe.track in joints)

    def _shard(self, path: str) -> Shard:
        if path not in self._shards:
            self._shards[path] = decode_shard(self._read(path) or b"", path=path)
        return self._shards[path]


def _anchor(kind: str, points: Sequence[float]) -> Iterator[Point]:
    if kind in _DRAWN_ON and len(points) >= 2:
        yield points[0], points[1]
    elif (box := bounding_box(kind, points)) is not None:
        yield box[0], box[1]


def _of_issue(conflict: ConflictDocument, data: bytes | None) -> Iterator[Point]:
    issue = decode_json(data, Issue, path=issue_path(conflict.task, conflict.number)) if data else None
    met = [field for field in conflict.fields if field.field == "position"]
    places = [value for field in met for value in (field.ours, field.theirs)] or [issue.position if issue else ()]
    for place in places:
        if isinstance(place, Sequence) and place:
            yield tuple(place)

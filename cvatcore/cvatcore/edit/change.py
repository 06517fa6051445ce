"""The one way to change annotations: put whole objects by id, delete ids.

Putting an id that exists replaces the object, so a change can be sent twice without harm and every change has an
inverse of the same kind.
"""

from __future__ import annotations

import msgspec

from cvatcore.errors import InvalidInput
from cvatcore.schema import Annotations, Shape, Track


class ChangeSet(msgspec.Struct, frozen=True):
    """What one edit does to one job. Ids that are deleted and do not exist are ignored."""

    shapes: tuple[Shape, ...] = ()
    tracks: tuple[Track, ...] = ()
    delete: frozenset[int] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Whether it changes nothing."""
        return not (self.shapes or self.tracks or self.delete)

    @property
    def put_ids(self) -> frozenset[int]:
        """The ids of the objects that it puts, without those of their elements."""
        return frozenset(shape.id for shape in self.shapes).union(track.id for track in self.tracks)


class Counts(msgspec.Struct, frozen=True):
    """How many objects a change added, changed and removed."""

    added: int = 0
    changed: int = 0
    removed: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed."""
        return not (self.added or self.changed or self.removed)


def apply_change(annotations: Annotations, change: ChangeSet) -> Annotations:
    """The annotations after a change, in canonical order."""
    put = change.put_ids
    gone = put | change.delete
    shapes = [shape for shape in annotations.shapes if shape.id not in gone]
    tracks = [track for track in annotations.tracks if track.id not in gone]
    shapes += change.shapes
    tracks += change.tracks
    shapes.sort(key=lambda shape: (shape.frame, shape.id))
    tracks.sort(key=lambda track: track.id)
    return Annotations(shapes=tuple(shapes), tracks=tuple(tracks))


def canonical_change(change: ChangeSet) -> ChangeSet:
    """The change as its stored text reads: whole numbers become floats where those belong, lists tuples.

    Errors: InvalidInput for a value that the format cannot hold.
    """
    try:
        # A round trip through an encoding is the one definition of what is stored, and takes a microsecond an object.
        return msgspec.msgpack.decode(msgspec.msgpack.encode(change), type=ChangeSet)
    except (msgspec.MsgspecError, UnicodeError, OverflowError, TypeError, RecursionError) as error:
        raise InvalidInput(f"An object cannot be stored: {error}.") from None


def invert_change(annotations: Annotations, change: ChangeSet) -> ChangeSet:
    """The change that leads back from `apply_change(annotations, change)` to `annotations`."""
    put = change.put_ids
    touched = put | change.delete
    shapes = tuple(shape for shape in annotations.shapes if shape.id in touched)
    tracks = tuple(track for track in annotations.tracks if track.id in touched)
    before = {shape.id for shape in shapes} | {track.id for track in tracks}
    return ChangeSet(shapes=shapes, tracks=tracks, delete=frozenset(put - before))

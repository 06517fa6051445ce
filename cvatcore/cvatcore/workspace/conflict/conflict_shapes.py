"""What the sides of a conflict look like on its frame, to be drawn one over the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from cvatcore.errors import InvalidInput
from cvatcore.schema import Shape, Track
from cvatcore.tracks import TrackTable
from cvatcore.workspace.conflict.conflict_fields import FieldGone
from cvatcore.workspace.conflict.conflict_sides import Side, by_part, object_with_side

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cvatcore.workspace.conflict.conflicts import ConflictView
    from cvatcore.workspace.workspace import Workspace


class DrawnSides(msgspec.Struct, frozen=True):
    """An object as the common ancestor and as the other side has it; None where nothing of it is seen."""

    base: Shape | None = None
    theirs: Shape | None = None
    object_id: int = 0
    """The object: of a joint's keyframe the track of its skeleton; 0 where it is gone."""


class SideDrawer:
    """Draws the sides of conflicts; the objects of each job are looked up once."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._objects: dict[tuple[int, int], Mapping[int, Shape | Track]] = {}

    def draw(self, view: ConflictView) -> DrawnSides:
        """The sides of a conflict about an object; none of any other.

        A track is drawn as it is on the conflict's frame, with the fields of this conflict alone.
        Errors: InvalidDocument, StorageFailed.
        """
        document = view.document
        if document.kind not in {"shape", "track", "keyframe"} or view.status == "gone":
            return DrawnSides()
        key = (document.task, document.job)
        if key not in self._objects:
            stored = self._workspace.annotations_of(*key).read()
            self._objects[key] = by_part((*stored.tracks, *stored.shapes))
        item = self._objects[key].get(document.number)
        if item is None:
            return DrawnSides()
        return DrawnSides(_drawn(item, view, "base"), _drawn(item, view, "theirs"), item.id)


def _drawn(item: Shape | Track, view: ConflictView, side: Side) -> Shape | None:
    try:
        seen = object_with_side(item, view.document, view.fields, side)
    except (FieldGone, InvalidInput):
        return None  # Of the ancestor some fields may never have been.
    if isinstance(seen, Shape):
        return None if seen.outside else seen
    return next(iter(TrackTable((seen,)).on(view.document.frame)), None)

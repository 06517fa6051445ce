"""How many objects a change touches, before it is made."""

from __future__ import annotations

from cvatcore.edit.change import ChangeSet, Counts
from cvatcore.schema import Annotations, Shape, Track


def count_change(annotations: Annotations, change: ChangeSet) -> Counts:
    """What applying a change would add, change and remove."""
    touched = change.put_ids | change.delete
    before: dict[int, Shape | Track] = {shape.id: shape for shape in annotations.shapes if shape.id in touched}
    before |= {track.id: track for track in annotations.tracks if track.id in touched}
    put: dict[int, Shape | Track] = {shape.id: shape for shape in change.shapes}
    put |= {track.id: track for track in change.tracks}
    return Counts(
        added=len(put.keys() - before.keys()),
        changed=sum(1 for number, item in put.items() if number in before and before[number] != item),
        removed=len(before.keys() - put.keys()),
    )

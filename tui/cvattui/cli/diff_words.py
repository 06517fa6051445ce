"""Differences in words: a line an object, a line a field of a document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from cvattui.cli.output import printable

if TYPE_CHECKING:
    from cvatcore.merge.diff import FieldChange, KeyframeDiff, LabelCounts, ObjectDiff
    from cvatcore.merge.movement import Movement
    from cvatcore.workspace.history.differing import DocumentDiff

SIGNS = {"added": "+", "changed": "~", "removed": "-"}

_GEOMETRY = frozenset({"points", "rotation"})
"""What a movement says already."""

_SHOWN_FRAMES = 6
"""Frames of keyframes that a line names."""

_LONGEST = 60

_SAME = 0.005
"""Sizes that differ by less, in pixels, are said to be the same."""


def object_line(diff: ObjectDiff) -> str:
    """`~ 14 rectangle car: moved 12.4 px, IoU 0.76; color: red -> blue`."""
    head = f"{SIGNS[diff.status]} {diff.id} {object_name(diff)}"
    said = object_words(diff)
    return printable(f"{head}: {'; '.join(said)}" if said else head)


def object_name(diff: ObjectDiff) -> str:
    """`rectangle car`, `rectangle track car`, `tag night`."""
    kind = "tag" if diff.kind == "tag" else f"{diff.type} track".strip() if diff.kind == "track" else diff.type
    return f"{kind} {diff.label}"


def object_words(diff: ObjectDiff) -> list[str]:
    """What changed of an object, a part a thing; of a track that came or went how many keyframes it has."""
    if diff.status != "changed":
        own = [key.frame for key in diff.keyframes if not key.joint]
        return [f"{len(own)} keyframe{'s' * (len(own) != 1)}, {_frames(own)}"] if own else []
    moved = diff.movement is not None
    said = [movement_words(diff.movement)] if diff.movement is not None else []
    if not (
        moved and len(diff.fields) == 1 and diff.fields[0].field == "points"
    ):  # Nearly all there is in a large one.
        joints = _joint_names(diff)
        said += [words for change in diff.fields if (words := field_words(change, joints=joints, moved=moved))]
    return said + keyframe_words(diff.keyframes) or ["changed"]


def movement_words(movement: Movement) -> str:
    """`moved 12.4 px, 100×80 -> 110×80, IoU 0.76`."""
    x1, y1, x2, y2 = movement.before
    left, top, right, bottom = movement.after
    said = f"moved {movement.distance:.6g} px" if movement.distance else ""
    if abs(x2 - x1 - right + left) > _SAME or abs(y2 - y1 - bottom + top) > _SAME:
        size = f"{x2 - x1:.6g}×{y2 - y1:.6g} -> {right - left:.6g}×{bottom - top:.6g}"
        said = f"{said}, {size}" if said else size
    if movement.iou is not None:
        iou = f"IoU {movement.iou:.2f}"
        said = f"{said}, {iou}" if said else iou
    return said or "points changed"


def field_words(change: FieldChange, *, joints: dict[str, str], moved: bool) -> str:
    """`color: red -> blue`; empty for what a movement says already."""
    name, before, after = change.field, change.before, change.after
    if name.startswith("elements."):
        _, number, *inner = name.split(".", 2)
        joint = f"joint {joints.get(number, number)}"
        if not inner:
            return f"{joint} {'added' if before is None else 'removed'}"
        if inner[0] in _GEOMETRY:
            return f"{joint} moved"
        name, joint = inner[0], f"{joint} "
    else:
        joint = ""
        if name in _GEOMETRY and moved:
            return ""
    if name == "points":
        return "points changed"
    name = name.removeprefix("attributes.").replace("_", " ")
    return f"{joint}{name}: {value(before)} -> {value(after)}"


def keyframe_words(keyframes: Sequence[KeyframeDiff]) -> list[str]:
    """`keyframes +2 ~1 -1 (frames 3, 5, 9, 12), moved up to 8.2 px, IoU from 0.70; frame 5: color: red -> blue`."""
    if not keyframes:
        return []
    counts = {status: sum(key.status == status for key in keyframes) for status in SIGNS}
    said = "keyframes " + " ".join(f"{SIGNS[status]}{count}" for status, count in counts.items() if count)
    said += f" ({_frames(sorted({key.frame for key in keyframes}))})"
    movements = [key.movement for key in keyframes if key.movement is not None]
    if movements:
        if farthest := max(movement.distance for movement in movements):
            said += f", moved up to {farthest:.6g} px"
        if ious := [movement.iou for movement in movements if movement.iou is not None]:
            said += f", IoU from {min(ious):.2f}"
    return [said, *_keyframe_fields(keyframes)]


def _keyframe_fields(keyframes: Iterable[KeyframeDiff]) -> Iterator[str]:
    for key in keyframes:
        for change in key.fields:
            if words := field_words(change, joints={}, moved=key.movement is not None):
                joint = f" {key.joint}" if key.joint else ""
                yield f"frame {key.frame}{joint}: {words}"


def document_lines(diff: DocumentDiff) -> list[str]:
    """`job 2: state: new -> completed`, a line a field."""
    name = printable(document_name(diff))
    if diff.status != "changed":
        return [f"{SIGNS[diff.status]} {name}"]
    return [f"~ {name}: {printable(change.words)}" for change in diff.changes] or [f"~ {name}"]


def document_name(diff: DocumentDiff) -> str:
    """What people call a document: `job 2`, `settings (cvat.toml)`."""
    named = f"{diff.kind} {diff.number}" + (f", {diff.name}" if diff.name else "")
    plain = {"settings": "settings", "members": "people", "manifest": "frames", "file": f"file {diff.path}"}
    plain["guide"] = f"guide {diff.path}"
    plain["asset"] = f"guide's file {diff.path}"
    plain["conflict"] = f"conflict {diff.path.rpartition('/')[2].removesuffix('.json')}"
    return plain.get(diff.kind, named)


def counts_words(labels: Iterable[LabelCounts]) -> str:
    """`3 added, 2 changed, 1 removed (car +2 ~1, person +1 ~1 -1)`."""
    rows = list(labels)
    totals = {status: sum(getattr(row, status) for row in rows) for status in SIGNS}
    said = ", ".join(f"{count:,} {status}" for status, count in totals.items() if count)
    by_label = ", ".join(
        " ".join([row.label, *(f"{SIGNS[name]}{count}" for name in SIGNS if (count := getattr(row, name)))])
        for row in rows
    )
    return printable(f"{said} ({by_label})") if rows else "no objects"


def value(given: object) -> str:
    """A value in few words."""
    if given is None or given == "":
        return "none"
    if isinstance(given, bool):
        return "yes" if given else "no"
    text = f"{given:g}" if isinstance(given, float) else str(given)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _frames(frames: Sequence[int]) -> str:
    shown = ", ".join(map(str, frames[:_SHOWN_FRAMES]))
    more = f" and {len(frames) - _SHOWN_FRAMES} more" if len(frames) > _SHOWN_FRAMES else ""
    return f"frame{'s' * (len(frames) != 1)} {shown}{more}"


def _joint_names(diff: ObjectDiff) -> dict[str, str]:
    """The labels of a skeleton's joints by their ids as text."""
    return {
        str(element.id): element.label
        for side in (diff.before, diff.after)
        if side is not None
        for element in side.elements
    }

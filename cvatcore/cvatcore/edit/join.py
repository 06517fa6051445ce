"""Several masks become one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from cvatcore.edit.change import ChangeSet
from cvatcore.edit.finding import find_shapes
from cvatcore.errors import InvalidInput
from cvatcore.geometry import mask_points, read_mask, unite_masks
from cvatcore.schema import Annotations, Shape


def join_masks(annotations: Annotations, numbers: Iterable[int]) -> ChangeSet:
    """Join masks of one frame and label into the first of them, which then has the pixels of all.

    It keeps its attributes and everything else; the others are removed.
    Errors: InvalidInput for fewer than two masks, other shapes, masks of several frames or labels, and masks so far
    apart that no mask can hold them.
    """
    return _joined(find_shapes(annotations, numbers))


def join_alike(annotations: Annotations, numbers: Iterable[int]) -> ChangeSet:
    """Join, on each frame, those of these masks that have one label; the first of them by id keeps its id.

    Errors: InvalidInput for other shapes, and masks so far apart that no mask can hold them.
    """
    alike: dict[tuple[int, str], list[Shape]] = {}
    for shape in sorted(find_shapes(annotations, numbers), key=lambda shape: shape.id):
        alike.setdefault((shape.frame, shape.label), []).append(shape)
    changes = [_joined(shapes) for shapes in alike.values() if len(shapes) > 1]
    return ChangeSet(
        shapes=tuple(shape for change in changes for shape in change.shapes),
        delete=frozenset().union(*(change.delete for change in changes)),
    )


def _joined(shapes: Sequence[Shape]) -> ChangeSet:
    if len(shapes) < 2:
        raise InvalidInput("Two masks or more are joined.", hint="Give their ids.")
    first, *others = shapes
    for shape in shapes:
        if shape.type != "mask":
            raise InvalidInput(f"Object {shape.id} is a {shape.type}, and no mask.", hint="Convert it first.")
    for shape in others:
        if shape.frame != first.frame:
            raise InvalidInput(f"Mask {shape.id} is on frame {shape.frame}, and mask {first.id} on {first.frame}.")
        if shape.label != first.label:
            raise InvalidInput(
                f"Mask {shape.id} is a {shape.label}, and mask {first.id} a {first.label}.",
                hint="Give them one label first.",
            )
    united = unite_masks(read_mask(shape.points) for shape in shapes)
    points = None if united is None else mask_points(united)
    if points is None:
        raise InvalidInput(f"Mask {first.id} and the others have no pixels.")
    return ChangeSet(
        shapes=(msgspec.structs.replace(first, points=points),), delete=frozenset(shape.id for shape in others)
    )

"""Masks as bitmaps in a box, and as the points of a document.

A mask's `points` are CVAT's: run lengths by rows within a box, outside first, then `left top right bottom`, included.
A box that was given is kept, margins and all, so that points come back as they were; what is computed here (clipped,
united, …) has the smallest box there is. Nothing that has no pixel inside is a mask: it is None.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from cvatcore.errors import InvalidInput
from cvatcore.geometry.points import MAX_PIXELS, points_problem
from cvatcore.geometry.runs import bitmap_of_rows, row_runs

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from cvatcore.geometry.runs import Pixels

_SHARED_FLOATS = 4096
"""Shorter runs are floats that all masks share: nothing is allocated for them, and they come twice as fast."""


class Mask(msgspec.Struct, frozen=True, eq=False, gc=False):
    """Pixels in a box. The bitmap belongs to the mask and is made read-only."""

    left: int
    """The column of the frame that the bitmap's first one is."""
    top: int
    """The row of the frame that the bitmap's first one is."""
    bitmap: Pixels
    """`height x width`, true inside."""

    def __post_init__(self) -> None:
        self.bitmap.flags.writeable = False

    @property
    def width(self) -> int:
        """In pixels."""
        return int(self.bitmap.shape[1])

    @property
    def height(self) -> int:
        """In pixels."""
        return int(self.bitmap.shape[0])

    @property
    def area(self) -> int:
        """The number of pixels inside."""
        import numpy as np

        return int(np.count_nonzero(self.bitmap))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Mask):
            return NotImplemented
        import numpy as np

        return self.left == other.left and self.top == other.top and np.array_equal(self.bitmap, other.bitmap)

    __hash__ = None  # type: ignore[assignment]  # arrays have none; Python's own way to say so


def read_mask(points: Sequence[float]) -> Mask:
    """The mask that `points` say, in their box.

    Errors: InvalidInput when they contradict themselves.
    """
    import numpy as np

    numbers = np.asarray(points, dtype=np.float64)
    left, top, right, bottom = numbers[-4:].tolist() if len(numbers) > 4 else (0.0, 0.0, -1.0, -1.0)
    width, height = right - left + 1, bottom - top + 1
    runs = numbers[:-4]
    # The same rule as that of `points_problem`, over the array that is needed anyway. NaN is not even equal to itself.
    sound = (
        width >= 1
        and height >= 1
        and width * height <= MAX_PIXELS
        and bool((runs >= 0).all())
        and bool((numbers == np.floor(numbers)).all())
        and runs.sum() == width * height
    )
    if not sound:
        raise InvalidInput(
            f"This mask {points_problem('mask', numbers.tolist()) or 'has no sound run lengths'}.",
            hint="A mask is run lengths by rows, outside first, and then left, top, right and bottom.",
        )
    bitmap = bitmap_of_rows(runs.astype(np.int64), width=int(width), height=int(height))
    return Mask(int(left), int(top), bitmap)


def mask_points(mask: Mask) -> tuple[float, ...] | None:
    """The points of a mask, in its box as it is; None without a pixel inside."""
    import numpy as np

    runs = row_runs(mask.bitmap)
    if len(runs) < 2:
        return None
    if int(runs.max()) < _SHARED_FLOATS:
        numbers: list[float] = _shared_floats().take(runs).tolist()
    else:
        numbers = runs.astype(np.float64).tolist()
    left, top = float(mask.left), float(mask.top)
    numbers += [left, top, left + mask.width - 1, top + mask.height - 1]
    return tuple(numbers)


def mask_of_pixels(pixels: Pixels | NDArray[np.uint8], *, left: int = 0, top: int = 0) -> Mask | None:
    """The mask of a bitmap whose first pixel is at `left`, `top`: cut to the smallest box, and copied."""
    import numpy as np

    rows = np.flatnonzero(pixels.any(axis=1))
    if not len(rows):
        return None
    from_row, to_row = int(rows[0]), int(rows[-1]) + 1
    columns = np.flatnonzero(pixels[from_row:to_row].any(axis=0))
    from_column, to_column = int(columns[0]), int(columns[-1]) + 1
    inside = pixels[from_row:to_row, from_column:to_column]
    # Order A: what lies in memory by columns stays so.
    return Mask(left + from_column, top + from_row, inside.astype(np.bool_, order="A"))


def mask_pixels(mask: Mask, *, width: int, height: int) -> Pixels:
    """The pixels of a picture of `width x height` that are inside a mask, cut at the picture's edges."""
    import numpy as np

    pixels = np.zeros((height, width), dtype=np.bool_)
    x, y = mask.left, mask.top
    from_x, from_y, to_x, to_y = max(x, 0), max(y, 0), min(x + mask.width, width), min(y + mask.height, height)
    if from_x < to_x and from_y < to_y:
        pixels[from_y:to_y, from_x:to_x] = mask.bitmap[from_y - y : to_y - y, from_x - x : to_x - x]
    return pixels


def crop_mask(mask: Mask) -> Mask | None:
    """The same pixels in the smallest box."""
    return mask_of_pixels(mask.bitmap, left=mask.left, top=mask.top)


def clip_mask(mask: Mask, *, width: int, height: int) -> Mask | None:
    """What of a mask is in a picture of `width x height`."""
    from_x, from_y = max(-mask.left, 0), max(-mask.top, 0)
    to_x, to_y = max(width - mask.left, 0), max(height - mask.top, 0)
    inside = mask.bitmap[from_y:to_y, from_x:to_x]
    return mask_of_pixels(inside, left=mask.left + from_x, top=mask.top + from_y)


def unite_masks(masks: Iterable[Mask]) -> Mask | None:
    """The pixels that are in any of several masks.

    Errors: InvalidInput when they are so far apart that no mask can hold them.
    """
    import numpy as np

    parts = [part for mask in masks if (part := crop_mask(mask)) is not None]
    if not parts:
        return None
    left, top = min(part.left for part in parts), min(part.top for part in parts)
    width = max(part.left + part.width for part in parts) - left
    height = max(part.top + part.height for part in parts) - top
    if width * height > MAX_PIXELS:
        raise InvalidInput(
            f"The masks reach over {width}x{height} pixels.", hint=f"One mask holds at most {MAX_PIXELS} pixels."
        )
    bitmap = np.zeros((height, width), dtype=np.bool_)
    for part in parts:
        x, y = part.left - left, part.top - top
        bitmap[y : y + part.height, x : x + part.width] |= part.bitmap
    return Mask(left, top, bitmap)


def subtract_mask(mask: Mask, other: Mask) -> Mask | None:
    """The pixels of a mask that are not in another one."""
    import numpy as np

    window = mask_pixels(_moved(other, mask), width=mask.width, height=mask.height)
    return mask_of_pixels(np.greater(mask.bitmap, window), left=mask.left, top=mask.top)


def intersect_masks(mask: Mask, other: Mask) -> Mask | None:
    """The pixels that are in both masks."""
    shared = overlap_of(mask, other)
    if shared is None:
        return None
    left, top, first, second = shared
    return mask_of_pixels(first & second, left=left, top=top)


def overlap_of(mask: Mask, other: Mask) -> tuple[int, int, Pixels, Pixels] | None:
    """Where two boxes overlap: its left and top, and what each bitmap has there; None when they do not."""
    left, top = max(mask.left, other.left), max(mask.top, other.top)
    right = min(mask.left + mask.width, other.left + other.width)
    bottom = min(mask.top + mask.height, other.top + other.height)
    if left >= right or top >= bottom:
        return None
    first, second = (
        item.bitmap[top - item.top : bottom - item.top, left - item.left : right - item.left] for item in (mask, other)
    )
    return left, top, first, second


def _moved(mask: Mask, frame: Mask) -> Mask:
    """A mask with its place counted from the corner of another one's box."""
    return Mask(mask.left - frame.left, mask.top - frame.top, mask.bitmap)


@lru_cache(maxsize=1)
def _shared_floats() -> NDArray[np.object_]:
    import numpy as np

    return np.array([float(number) for number in range(_SHARED_FLOATS)], dtype=np.object_)

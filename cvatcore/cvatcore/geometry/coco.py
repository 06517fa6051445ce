"""Masks as COCO has them: run lengths by columns of a whole picture, plain or compressed as pycocotools does it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from cvatcore.errors import InvalidInput
from cvatcore.geometry.mask import Mask
from cvatcore.geometry.points import MAX_PIXELS
from cvatcore.geometry.runs import bitmap_of_rows, closed_column_edges, column_edges, runs_between

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from cvatcore.geometry.runs import Pixels, Runs

_DIGITS = 7
"""Characters that a number of the compressed form has at most: 35 bits, where no picture needs more than 30."""

_SMALL = 1 << 12
"""Numbers from minus this to this are looked up in a table when they are compressed."""


def coco_counts(mask: Mask, *, width: int, height: int) -> Runs:
    """The counts of a mask in a picture of `width x height`, cut at its edges; a single one when nothing is inside."""
    import numpy as np

    from_x, from_y = max(-mask.left, 0), max(-mask.top, 0)
    inside = mask.bitmap[from_y : max(height - mask.top, 0), from_x : max(width - mask.left, 0)]
    left, top = mask.left + from_x, mask.top + from_y
    if not inside.size:
        edges = np.empty(0, dtype=np.int64)
    elif len(inside) == height:
        # Runs may reach from one column into the next.
        edges = left * height + column_edges(inside)
        if inside[-1, -1]:
            edges = np.append(edges, (left + inside.shape[1]) * height)
    else:
        columns, rows = closed_column_edges(inside)
        edges = (left + columns) * height + (top + rows)
    if len(edges) and edges[-1] == width * height:
        edges = edges[:-1]
    return runs_between(edges, width * height)


def counts_of_pixels(pixels: Pixels) -> Runs:
    """The counts of a whole picture's bitmap."""
    return runs_between(column_edges(pixels), pixels.size)


def mask_of_counts(counts: Sequence[int] | NDArray[np.int64], *, width: int, height: int) -> Mask | None:
    """The mask of COCO's counts, in the smallest box; None when nothing is inside. Only that box is ever allocated.

    Errors: InvalidInput when the counts are negative or do not fill the picture.
    """
    import numpy as np

    starts, stops = _inside(_ends(counts, width=width, height=height))
    if not len(starts):
        return None
    left, top, right, bottom = _box(starts, stops, height=height)
    if (right - left + 1) * height > MAX_PIXELS:
        raise InvalidInput(f"This mask is {right - left + 1}x{height} pixels large, more than {MAX_PIXELS}.")
    # The runs of its columns alone, in pairs of outside and inside.
    bounds = np.empty(2 * len(starts) + 2, dtype=np.int64)
    bounds[0], bounds[-1] = left * height, (right + 1) * height
    bounds[1:-1:2], bounds[2:-1:2] = starts, stops
    columns = bitmap_of_rows(np.diff(bounds), width=height, height=right - left + 1)
    return Mask(left, top, np.ascontiguousarray(columns[:, top : bottom + 1]).T)


def counts_area(counts: Runs) -> int:
    """The number of pixels inside."""
    return int(counts[1::2].sum())


def counts_box(counts: Runs, *, height: int) -> tuple[int, int, int, int] | None:
    """Left, top, width and height of the smallest box around what is inside; None when nothing is."""
    import numpy as np

    starts, stops = _inside(np.cumsum(counts))
    if not len(starts):
        return None
    left, top, right, bottom = _box(starts, stops, height=height)
    return left, top, right - left + 1, bottom - top + 1


def encode_counts(counts: Sequence[int] | NDArray[np.int64]) -> str:
    """Counts in COCO's compressed form: 5 bits a character, from the third on as difference to the last but one."""
    import numpy as np

    plain = np.asarray(counts, dtype=np.int64)
    # Counted from the table's first entry on: what is not in the table is too large then, or as unsigned far too large.
    places = plain + _SMALL
    places[3:] -= plain[1:-2]
    far = np.flatnonzero(places.view(np.uint64) >= 2 * _SMALL)
    if not len(far):
        packed: NDArray[np.uint32] | NDArray[np.uint64] = _table().take(places)
    else:
        # These are few: each belongs to a run that takes a large part of the picture.
        large = [_packed(place - _SMALL) for place in places[far].tolist()]
        places[far] = 0
        packed = _table().take(places).astype("<u8")
        packed[far] = large
    return packed.tobytes().translate(None, b"\x00").decode("ascii")


def decode_counts(text: str | bytes) -> Runs:
    """The counts of COCO's compressed form.

    Errors: InvalidInput when it is none.
    """
    import numpy as np

    try:
        data = text.encode("ascii") if isinstance(text, str) else bytes(text)
    except UnicodeEncodeError:
        raise _broken("It has characters that none has") from None
    if not data:
        return np.empty(0, dtype=np.int64)
    codes = np.frombuffer(data, dtype=np.uint8).astype(np.int64) - 48
    if codes.min() < 0 or codes.max() > 63:
        raise _broken("It has characters that none has")
    last = (codes & 0x20) == 0
    if not last[-1]:
        raise _broken("It is cut off")
    ends = np.flatnonzero(last)
    starts = np.empty_like(ends)
    starts[0], starts[1:] = 0, ends[:-1] + 1
    lengths = ends - starts + 1
    if lengths.max() > _DIGITS:
        raise _broken("It has a number that is too long")
    digits = codes & 0x1F
    numbers = digits[starts]
    for digit in range(1, int(lengths.max())):
        longer = np.flatnonzero(lengths > digit)
        numbers[longer] |= digits[starts[longer] + digit] << (5 * digit)
    negative = np.flatnonzero(codes[ends] & 0x10)
    numbers[negative] -= np.int64(1) << (5 * lengths[negative])
    # Each but the first three was made smaller by the last but one: two sums, of every other one.
    numbers[1::2] = np.cumsum(numbers[1::2])
    numbers[2::2] = np.cumsum(numbers[2::2])
    if numbers.min() < 0:
        raise _broken("It has a negative run length")
    return numbers


def _ends(counts: Sequence[int] | NDArray[np.int64], *, width: int, height: int) -> Runs:
    """Where each run ends; the last one where the picture does."""
    import numpy as np

    try:
        lengths = np.asarray(counts, dtype=np.int64)
    except OverflowError:
        lengths = np.array([-1], dtype=np.int64)
    ends = np.cumsum(lengths)
    # None is more than all of them: a sum that overflowed could look right.
    if len(ends) and lengths.min() >= 0 and lengths.max() <= width * height == ends[-1]:
        return ends
    total = sum(int(count) for count in counts)
    raise InvalidInput(
        f"This mask has counts for {total} pixels in a picture of {width}x{height}.",
        hint="Counts are not negative, and add up to the picture's pixels.",
    )


def _inside(ends: Runs) -> tuple[Runs, Runs]:
    """Where the runs inside start and stop."""
    # A last run outside has no partner, and runs of no length have no pixels.
    ends = ends[: len(ends) // 2 * 2]
    starts, stops = ends[0::2], ends[1::2]
    return starts[stops > starts], stops[stops > starts]


def _box(starts: Runs, stops: Runs, *, height: int) -> tuple[int, int, int, int]:
    """Left, top, right and bottom, all included."""
    last = stops - 1
    left, right = int(starts[0]) // height, int(last[-1]) // height
    if (starts // height != last // height).any():
        # A run that reaches into the next column touches both edges of the picture.
        return left, 0, right, height - 1
    return left, int((starts % height).min()), right, int((last % height).max())


def _broken(reason: str) -> InvalidInput:
    return InvalidInput(f"This is no compressed mask. {reason}.", hint="COCO's counts are text like `fQ18n0N2`.")


def _packed(number: int) -> int:
    """A number's characters as the bytes of an integer, the first one lowest."""
    packed = place = 0
    while True:
        digit, number = number & 0x1F, number >> 5
        # Nothing follows when what is left is the sign of this digit.
        more = number != -(digit >> 4)
        packed |= (digit + 48 + (more << 5)) << place
        place += 8
        if not more:
            return packed


@lru_cache(maxsize=1)
def _table() -> NDArray[np.uint32]:
    """The characters of the numbers from `-_SMALL` on: at most three."""
    import numpy as np

    return np.array([_packed(number) for number in range(-_SMALL, _SMALL)], dtype="<u4")

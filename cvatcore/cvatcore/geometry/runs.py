"""Run lengths of bitmaps: the lengths of what is outside and inside in turn, outside first.

They are found where neighbours differ, which is one comparison of whole arrays, and a bitmap is not turned to read its
columns: the few places that differ are sorted instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.bool_]
    """A bitmap: `height x width`, true inside."""

    Runs = NDArray[np.int64]

_DENSE = 8
"""With more than one edge in so many pixels, turning the bitmap is faster than sorting the edges."""


def row_runs(bitmap: Pixels) -> Runs:
    """The run lengths of a bitmap, row by row; they add up to its size."""
    return column_runs(bitmap.T)


def column_runs(bitmap: Pixels) -> Runs:
    """The run lengths of a bitmap, column by column; they add up to its size."""
    return runs_between(column_edges(bitmap), bitmap.size)


def bitmap_of_rows(runs: Runs | Sequence[int], *, width: int, height: int) -> Pixels:
    """The bitmap of run lengths by rows. They are not negative, and their sum is `width * height`."""
    import numpy as np

    inside = np.zeros(len(runs), dtype=np.bool_)
    inside[1::2] = True
    return np.repeat(inside, runs).reshape(height, width)


def runs_between(edges: Runs, size: int) -> Runs:
    """The run lengths of `size` pixels that change at each of the sorted, distinct `edges`."""
    import numpy as np

    bounds = np.empty(len(edges) + 2, dtype=np.int64)
    bounds[0], bounds[1:-1], bounds[-1] = 0, edges, size
    return np.diff(bounds)


def column_edges(bitmap: Pixels) -> Runs:
    """Where a bitmap changes when it is read column by column: sorted indexes of pixels unlike the one before.

    The pixel before the first one is outside.
    """
    import numpy as np

    if bitmap.flags.f_contiguous:
        return _marked(_marks_along(bitmap.T, closed=False))
    return _sorted_edges(_marks_across(np.ascontiguousarray(bitmap), closed=False))


def closed_column_edges(bitmap: Pixels) -> tuple[Runs, Runs]:
    """The same with a row outside below the bitmap, so that no run reaches into the next column: columns and rows."""
    import numpy as np

    if bitmap.flags.f_contiguous:
        edges = _marked(_marks_along(bitmap.T, closed=True))
    else:
        edges = _sorted_edges(_marks_across(np.ascontiguousarray(bitmap), closed=True))
    # Not divmod, which NumPy has no vector instructions for.
    columns = edges // (len(bitmap) + 1)
    return columns, edges - columns * (len(bitmap) + 1)


def _sorted_edges(marks: Pixels) -> Runs:
    """The indexes of what is marked, counted column by column."""
    import numpy as np

    height, width = marks.shape
    if np.count_nonzero(marks) * _DENSE > marks.size:
        return _marked(np.ascontiguousarray(marks.T).reshape(-1))
    found = _marked(marks.reshape(-1))
    rows = found // width
    columns = found - rows * width
    # NumPy sorts numbers of 16 bits by counting, which is much faster.
    order = np.argsort(columns.astype(np.uint16) if width <= 1 << 16 else columns, kind="stable")
    edges: Runs = (columns * height + rows)[order]
    return edges


def _marked(marks: Pixels) -> Runs:
    """The indexes of what is marked in a flat array, eight at a time: only words with a mark are looked into.

    It is what `flatnonzero` finds, which guesses at each mark anew where the next one is, and is wrong each time.
    """
    import numpy as np

    size = len(marks) // 8 * 8
    words = marks[:size].view(np.uint64)
    busy = np.flatnonzero(words != 0)
    if len(busy) * 4 > len(words):
        return np.flatnonzero(marks)
    found = np.flatnonzero(words.take(busy).view(np.bool_))
    # From a byte's place among those of the busy words to its place among all.
    busy -= np.arange(len(busy))
    busy *= 8
    found += busy.take(found >> 3)
    last = np.flatnonzero(marks[size:])
    return np.concatenate((found, last + size)) if len(last) else found


def _marks_across(rows: Pixels, *, closed: bool) -> Pixels:
    """Pixels unlike the one above them; that of the first row is the last one of the column before."""
    import numpy as np

    height, width = rows.shape
    marks = np.empty((height + closed, width), dtype=np.bool_)
    np.not_equal(rows[1:], rows[:-1], out=marks[1:height])
    if closed:
        marks[0] = rows[0]
        marks[height] = rows[-1]
    elif marks.size:
        marks[0, 0] = rows[0, 0]
        np.not_equal(rows[0, 1:], rows[-1, :-1], out=marks[0, 1:])
    return marks


def _marks_along(columns: Pixels, *, closed: bool) -> Pixels:
    """The same as `_marks_across` of the other axis, flat: `columns` holds the pixels of a column side by side."""
    import numpy as np

    width, height = columns.shape
    if closed:
        padded = np.zeros((width, height + 1), dtype=np.bool_)
        padded[:, :height] = columns
        columns = padded
    flat = columns.reshape(-1)
    marks = np.empty(flat.shape, dtype=np.bool_)
    marks[:1] = flat[:1]
    np.not_equal(flat[1:], flat[:-1], out=marks[1:])
    return marks

"""Numbers written as text, into arrays: the ascii kinds of point cloud files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_PIECE: Final = 4 << 20
"""Bytes of text that are taken apart at once: a word takes some fifty bytes while it is one."""


def read_numbers(text: bytes, *, at: int, rows: int, columns: int) -> npt.NDArray[np.float64]:
    """The first `rows` x `columns` numbers in a text from a place on, by row, with any white space between them.

    Errors: ValueError when there are fewer, or a word among them is no number.
    """
    import numpy as np

    total = rows * columns
    # A number and its gap take two bytes at least: nothing is made for what cannot be there.
    if total * 2 - 1 > len(text) - at:
        raise ValueError("it ends too early")
    numbers = np.empty(total, np.float64)
    done = 0
    for piece in _pieces(text, at):
        if done == total:
            break
        words = piece.split()[: total - done]
        # float() of Python is as quick as numpy's readers, and strict.
        try:
            numbers[done : done + len(words)] = np.fromiter(map(float, words), np.float64, len(words))
        except ValueError:
            raise ValueError("a word among its numbers is none") from None
        done += len(words)
    if done < total:
        raise ValueError("it ends too early")
    return numbers.reshape(rows, columns)


def _pieces(text: bytes, at: int) -> Iterator[bytes]:
    """The text in pieces that end with a line; a line longer than a piece is one of its own."""
    while at < len(text):
        stop = text.rfind(b"\n", at, at + _PIECE) + 1
        if stop <= at:
            stop = text.find(b"\n", at + _PIECE) + 1 if at + _PIECE < len(text) else 0
        stop = stop or len(text)
        yield text[at:stop]
        at = stop

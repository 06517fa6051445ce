"""Numbers written as text, into arrays: the ascii kinds of point cloud files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_PIECE: Final = 1 << 20
"""Bytes of text that are taken apart at once: a number takes some fifty bytes until it is in the array."""

_COMMAS: Final = bytes.maketrans(b" \t\n", b",,,")

_decoder = msgspec.json.Decoder(list[float])


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
        found = _numbers_in(piece, total - done)
        numbers[done : done + len(found)] = found
        done += len(found)
    if done < total:
        raise ValueError("it ends too early")
    return numbers.reshape(rows, columns)


def _numbers_in(piece: bytes, most: int) -> list[float]:
    """The first numbers in a text. Errors: ValueError."""
    if b"," not in piece:  # It is no gap.
        # Nearly all such texts are JSON but for their gaps, and no reader of numbers is as quick as that of JSON. Not
        # all: several spaces may stand in a row, and JSON has no word for nan.
        plain = piece.replace(b"\r\n", b"\n").replace(b" \n", b"\n").strip().translate(_COMMAS)
        with suppress(msgspec.DecodeError):
            return _decoder.decode(b"[%b]" % plain)[:most]
    try:
        return [float(word) for word in piece.split()[:most]]
    except ValueError:
        raise ValueError("a word among its numbers is none") from None


def _pieces(text: bytes, at: int) -> Iterator[bytes]:
    """The text in pieces that end with a line; a line longer than a piece is one of its own."""
    while at < len(text):
        stop = text.rfind(b"\n", at, at + _PIECE) + 1
        if stop <= at:
            stop = text.find(b"\n", at + _PIECE) + 1 if at + _PIECE < len(text) else 0
        stop = stop or len(text)
        yield text[at:stop]
        at = stop

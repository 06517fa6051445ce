"""LZF, Marc Lehmann's quick compression, as PCD files use it. The packages that wrap his library need a compiler.

A stream is a row of tokens. A first byte below 32 is followed by that many bytes and one more, as they are. Any other
repeats what was written before: three bits of length (all set: a byte with the rest follows), thirteen of distance.
"""

from __future__ import annotations


class BrokenStream(ValueError):
    """What was given is no such stream, or one of another length."""


def unpack_lzf(packed: bytes, size: int, *, first: int | None = None) -> bytearray:
    """The `size` bytes that a stream stands for; never many more are held.

    With `first`, at least so many from the beginning: the stream is followed no further, and not checked beyond.

    Errors: BrokenStream.
    """
    out = bytearray()
    written = at = 0
    end = len(packed)
    enough = size + 1 if first is None else min(first, size + 1)
    try:
        while at < end and written < enough:
            control = packed[at]
            if control < 32:
                at += 1
                follows = at + control + 1
                out += packed[at:follows]
                written += control + 1
                at = follows
            else:
                length = control >> 5
                if length == 7:
                    at += 1
                    length += packed[at]
                length += 2
                start = written - ((control & 31) << 8) - packed[at + 1] - 1
                at += 2
                if start < 0:
                    raise BrokenStream("it repeats what lies before its beginning")
                stop = start + length
                if stop <= written:
                    out += out[start:stop]
                else:  # What is repeated begins within what is being written.
                    run = out[start:]
                    out += (run * (length // len(run) + 1))[:length]
                written += length
    except IndexError:
        raise BrokenStream("it is cut off") from None
    if written > size:
        raise BrokenStream("it is longer than it should be")
    # A run of bytes that is cut off at the end makes fewer of them than it says.
    if len(out) != written or written < min(enough, size):
        raise BrokenStream("it is shorter than it should be")
    return out

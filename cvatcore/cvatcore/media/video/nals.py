"""The units that H.264 and HEVC are made of: which packets begin anew, and how they stand in MP4.

In MP4 and Matroska each unit has its length before it, in streams a start code (annex B).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_START = re.compile(rb"\x00\x00+\x01")
_SEI, _IDR, _SLICE = 6, 5, 1
_RECOVERY_POINT = 6
_X264 = re.compile(rb"x264 - core (\d{1,4})")
_RIGHT_SINCE = 151


def length_size(extradata: bytes, *, codec: str) -> int:
    """How many bytes the length before each unit of an H.264 or HEVC stream takes; 0 where it has start codes."""
    place = 4 if codec == "h264" else 21
    if len(extradata) <= place or extradata[0] != 1:
        return 0
    return extradata[place] % 4 + 1


def units(data: bytes, *, prefix: int) -> Iterator[bytes]:
    """The units of a packet; `prefix` as `length_size` says."""
    if not prefix:
        yield from _START.split(data)[1:]  # a unit never ends in a zero
        return
    place = 0
    while place + prefix < len(data):
        size = int.from_bytes(data[place : place + prefix])
        yield data[place + prefix : place + prefix + size]
        place += prefix + size


def with_lengths(data: bytes) -> bytes:
    """A packet with start codes as MP4 wants it: four bytes of length before each unit."""
    return b"".join(len(unit).to_bytes(4) + unit for unit in _START.split(data)[1:])


def begins_anew(data: bytes, *, prefix: int) -> bool:
    """Whether an H.264 packet that is marked as a keyframe restores the whole picture at once.

    A stream with intra refresh marks where its restoring begins, and is whole only some frames later.
    """
    for unit in units(data, prefix=prefix):
        kind = unit[0] & 31 if unit else 0
        if kind == _IDR:
            return True
        if kind == _SEI and (count := _recovery_count(unit)) is not None:
            return count == 0
        if kind == _SLICE:
            break
    return False


def encoder_note(data: bytes, *, prefix: int) -> bytes:
    """The unit of an H.264 packet in which an old x264 says which version it is; empty where there is none.

    Decoders have to know, because it coded some pictures (4:4:4 above all) otherwise than the standard says. It stands
    in a video's first packet only, so who begins at another keyframe is told by us.
    """
    for unit in units(data, prefix=prefix):
        if unit[:1] == bytes([_SEI]) and 0 < x264_build(unit) < _RIGHT_SINCE:
            return unit
    return b""


def x264_build(note: bytes) -> int:
    """The version in such a unit; 0 where there is none."""
    found = _X264.search(note)
    return int(found[1]) if found else 0


def with_note(data: bytes, note: bytes, *, prefix: int) -> bytes:
    """A packet with the note of its encoder before it."""
    return (len(note).to_bytes(prefix) if prefix else b"\0\0\0\1") + note + data


def _recovery_count(unit: bytes) -> int | None:
    """Of an SEI unit with a recovery point, in how many frames the picture is whole."""
    place = 1
    while place + 2 < len(unit):
        kind = size = 0
        while place < len(unit) and unit[place] == 255:
            kind, place = kind + 255, place + 1
        kind, place = kind + unit[place], place + 1
        while place < len(unit) and unit[place] == 255:
            size, place = size + 255, place + 1
        if place >= len(unit):
            return None
        size, place = size + unit[place], place + 1
        if kind == _RECOVERY_POINT:
            return _golomb(unit[place : place + 8])
        place += size
    return None


def _golomb(data: bytes) -> int:
    bits = "".join(f"{byte:08b}" for byte in data)
    zeros = len(bits) - len(bits.lstrip("0"))
    return int(bits[zeros : 2 * zeros + 1] or "1", 2) - 1

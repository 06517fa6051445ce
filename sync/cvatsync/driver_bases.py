"""Several common ancestors in the one file that git gives a merge driver.

After criss-cross merges git first merges the ancestors with each other, and gives the outcome as the base. A merge by
fields wants to see all of them: so `merge.cvat.recursive` names a driver that puts them one after the other.
"""

from __future__ import annotations

from collections.abc import Iterable

_BEGIN = b"\x00cvat-bases\n"
"""No file of a workspace begins like this."""


def join_bases(sides: Iterable[bytes]) -> bytes:
    """Files, each perhaps joined already, as one; files that are equal are in it once."""
    apart = dict.fromkeys(base for side in sides for base in split_bases(side))
    if len(apart) == 1:
        return next(iter(apart))
    return _BEGIN + b"".join(b"%d\n%b" % (len(base), base) for base in apart)


def split_bases(data: bytes) -> tuple[bytes, ...]:
    """The files that are in a base; most often the base itself."""
    if not data.startswith(_BEGIN):
        return (data,)
    bases: list[bytes] = []
    at = len(_BEGIN)
    while at < len(data):
        end = data.index(b"\n", at)
        length = int(data[at:end])
        bases.append(data[end + 1 : end + 1 + length])
        at = end + 1 + length
    return tuple(bases)

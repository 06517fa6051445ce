"""The order of names: lexicographical, natural, random, or one that was given."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from cvatcore.errors import InvalidMedia
from cvatcore.schema import Sorting

_NUMBER = re.compile("([0-9]+)")

_SHOWN = 5
"""Names that a message lists."""


def arrange(names: Sequence[str], *, sorting: Sorting, seed: int | None = None, order: Sequence[str] = ()) -> list[int]:
    """The positions of names in their new order.

    Args:
        names: each once, in the order in which they were given.
        sorting: how they are put.
        seed: of random sorting, which depends on nothing but it and the names.
        order: all of the names in the order that predefined sorting puts them in; empty keeps the one they have.

    Errors: InvalidMedia where `order` does not name just these.
    """
    positions = range(len(names))
    if sorting == "predefined":
        return _by_order(names, order) if order else list(positions)
    if sorting == "natural":
        return sorted(positions, key=lambda position: natural_key(names[position]))
    found = sorted(positions, key=names.__getitem__)
    if sorting == "random":
        random.Random(seed).shuffle(found)
    return found


def natural_key(name: str) -> tuple[list[object], str]:
    """What natural sorting compares: numbers in a name by their value, all else by its characters."""
    # Numbers as text: their count of digits first. A name of thousands of digits is no work, and no error.
    parts: list[object] = list(_NUMBER.split(name))
    for index in range(1, len(parts), 2):
        digits = str(parts[index]).lstrip("0")
        parts[index] = (len(digits), digits)
    return parts, name


def _by_order(names: Sequence[str], order: Sequence[str]) -> list[int]:
    known = {name: position for position, name in enumerate(names)}
    if len(set(order)) < len(order):
        seen: set[str] = set()
        twice = next(name for name in order if name in seen or seen.add(name))  # type: ignore[func-returns-value]  # None
        raise InvalidMedia(f"The order names {twice!r} twice.", hint="Name each file once.")
    missing = [name for name in order if name not in known]
    extra = sorted(known.keys() - set(order))
    if missing or extra:
        what = [f"{name} (missing)" for name in missing] + [f"{name} (extra)" for name in extra]
        more = f" and {len(what) - _SHOWN} more" if len(what) > _SHOWN else ""
        raise InvalidMedia(
            f"The files are not those of the order that was given: {', '.join(what[:_SHOWN])}{more}.",
            hint="Give the same files and names, each once.",
        )
    return [known[name] for name in order]

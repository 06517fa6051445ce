"""The order of what two sides have in a list."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
from typing import Any, TypeVar

from cvatcore.merge.picking import Met, is_unchanged, pick_members

Key = TypeVar("Key", bound=Hashable)


def merge_order(
    bases: Sequence[Sequence[Key]],
    ours: Sequence[Key],
    theirs: Sequence[Key],
    *,
    kept: Collection[Key],
    rank: Callable[[Key], Any],
) -> list[Key]:
    """The kept keys in an order that is the same whichever side is ours, unless both moved what both have.

    What only one side has stays behind what it followed there; where both put something into one place, the lower
    rank comes first.
    """
    our_set, their_set = set(ours), set(theirs)
    our_common = [key for key in ours if key in their_set]
    their_common = [key for key in theirs if key in our_set]
    common = our_common
    if our_common != their_common:
        before = [[key for key in base if key in our_set and key in their_set] for base in bases]
        if is_unchanged(before, our_common):
            common = their_common
    our_runs, their_runs = _runs(ours, their_set), _runs(theirs, our_set)
    result = _zipped(our_runs.get(None, []), their_runs.get(None, []), rank)
    for key in common:
        result.append(key)
        result += _zipped(our_runs.get(key, []), their_runs.get(key, []), rank)
    return [key for key in result if key in kept]


def _runs(keys: Sequence[Key], common: set[Key]) -> dict[Key | None, list[Key]]:
    """What one side alone has, by the common key that it follows."""
    runs: dict[Key | None, list[Key]] = {}
    last: Key | None = None
    for key in keys:
        if key in common:
            last = key
        else:
            runs.setdefault(last, []).append(key)
    return runs


def _zipped(ours: Sequence[Key], theirs: Sequence[Key], rank: Callable[[Key], Any]) -> list[Key]:
    result: list[Key] = []
    mine, others = list(reversed(ours)), list(reversed(theirs))
    while mine and others:
        result.append(mine.pop() if rank(mine[-1]) <= rank(others[-1]) else others.pop())
    return result + mine[::-1] + others[::-1]


def merge_ordered_set(
    bases: Sequence[Sequence[str]], ours: Sequence[str], theirs: Sequence[str], field: str, met: Met
) -> tuple[str, ...]:
    """A list in which each value stands once, and the order is somebody's choice."""
    kept = pick_members(bases, ours, theirs)
    return tuple(merge_order(bases, tuple(dict.fromkeys(ours)), tuple(dict.fromkeys(theirs)), kept=kept, rank=str))

"""Texts merged line by line; where both sides changed the same lines, both versions of the whole are told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

import msgspec

from cvatcore.merge.conflict_ids import conflict_of
from cvatcore.merge.documents import MergedDocument
from cvatcore.merge.picking import Met, is_unchanged
from cvatcore.schema import FieldConflict
from cvatcore.schema.guide import Guide


class MergedText(msgspec.Struct, frozen=True):
    """What two texts make together."""

    text: str
    """With ours where both changed the same lines."""
    turned: str
    """With theirs there: another text only where there was a choice."""


def merge_guide(
    bases: Sequence[Guide], ours: Guide, theirs: Guide, *, task: int = 0, project: int = 0
) -> MergedDocument[Guide]:
    """The guide of a task or project: its lines; a conflict has the two texts that can be chosen from."""
    if is_unchanged(bases, theirs) or ours == theirs:
        return MergedDocument(ours, ())
    if is_unchanged(bases, ours):
        return MergedDocument(theirs, ())
    found = {merge_text(base.markdown, ours.markdown, theirs.markdown) for base in bases or (Guide(""),)}
    # Where ancestors of a criss-cross merge say different things, the whole is to be chosen.
    merged = found.pop() if len(found) == 1 else MergedText(ours.markdown, theirs.markdown)
    if merged.text == merged.turned:
        return MergedDocument(Guide(merged.text), ())
    base = bases[0].markdown if len(bases) == 1 else None
    met: Met = [FieldConflict("markdown", base, merged.text, merged.turned)]
    return MergedDocument(Guide(merged.text), (conflict_of("guide", met, task=task, project=project),))


def merge_text(base: str, ours: str, theirs: str) -> MergedText:
    """Merge two texts by lines."""
    before, our, their = (side.splitlines(keepends=True) for side in (base, ours, theirs))
    text: list[str] = []
    turned: list[str] = []
    at_base = at_our = at_their = 0
    for first, our_first, their_first, length in _common_runs(before, our, their):
        gap = before[at_base:first], our[at_our:our_first], their[at_their:their_first]
        for lines, (old, mine, other) in ((text, gap), (turned, (gap[0], gap[2], gap[1]))):
            lines += other if mine == old else mine
        run = before[first : first + length]
        text += run
        turned += run
        at_base, at_our, at_their = first + length, our_first + length, their_first + length
    return MergedText("".join(text), "".join(turned))


def _common_runs(base: list[str], ours: list[str], theirs: list[str]) -> Iterator[tuple[int, int, int, int]]:
    """Runs of lines that all three have: their places in each, and the length; last an empty one at the ends."""
    our_blocks = SequenceMatcher(None, base, ours).get_matching_blocks()
    their_blocks = SequenceMatcher(None, base, theirs).get_matching_blocks()
    one = other = 0
    while one < len(our_blocks) and other < len(their_blocks):
        mine, their = our_blocks[one], their_blocks[other]
        first = max(mine.a, their.a)
        stop = min(mine.a + mine.size, their.a + their.size)
        if first < stop:
            yield first, mine.b + first - mine.a, their.b + first - their.a, stop - first
        if mine.a + mine.size < their.a + their.size:
            one += 1
        else:
            other += 1
    yield len(base), len(ours), len(theirs), 0

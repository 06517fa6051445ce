"""The people of a workspace, by username."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from cvatcore.merge.conflict_ids import conflict_of
from cvatcore.merge.documents import MergedDocument
from cvatcore.merge.fields import Rules, merge_highest, merge_struct
from cvatcore.merge.ordering import merge_order
from cvatcore.merge.picking import Met, merge_keyed
from cvatcore.schema import Member, Members

_RULES: Rules = {Member: {"id": merge_highest}}


def merge_members(bases: Sequence[Members], ours: Members, theirs: Members) -> MergedDocument[Members]:
    """Merge two lists of people.

    The number of a person exists for the API alone: where two people have one, it stays with the one who had it in the
    ancestors, else with the earlier username, and the other one gets the next number that is free. Of two numbers that
    one person got the higher one stays, so that a number given here is not taken back.
    """
    met: Met = []

    def both(name: str, before: Sequence[Member], our: Member, their: Member) -> Member:
        return merge_struct(before, our, their, met=met, rules=_RULES, at=f"members.{name}.")

    our_members, their_members = ({one.username: one for one in side.members} for side in (ours, theirs))
    known = [{one.username: one for one in base.members} for base in bases]
    merged = merge_keyed(known, our_members, their_members, both)
    numbers = {name: member.id for name, member in merged.items()}
    order = merge_order(
        [list(base) for base in known],
        list(our_members),
        list(their_members),
        kept=merged,
        rank=lambda name: (numbers.get(name, 0), name),
    )
    old = {(name, member.id) for base in known for name, member in base.items()}
    taken: set[int] = set()
    for name in sorted(merged, key=lambda name: ((name, numbers[name]) not in old, name)):
        if numbers[name] in taken:
            numbers[name] = 1 + max(max(numbers.values()), *taken)
        taken.add(numbers[name])
    members = tuple(
        merged[name] if merged[name].id == numbers[name] else msgspec.structs.replace(merged[name], id=numbers[name])
        for name in order
    )
    conflicts = (conflict_of("members", met),) if met else ()
    return MergedDocument(Members(members), conflicts)

"""The objects of a job in history: what each commit did to their lines, against each of its parents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

import msgspec

from cvatcore.errors import InvalidDocument
from cvatcore.merge.diff import Item
from cvatcore.schema import Keyframe, Shape, Track
from cvatcore.store import Shard, decode_shard, decode_tracks, place_of
from cvatcore.store.past import FileChange
from cvatcore.workspace.history.differing import different_lines

State: TypeAlias = dict[str, object]
"""The fields of an object by name, or those of its lines that are known: `points`, `attributes.color`,
`keyframes.12.points`, `elements.5.keyframes.12.points`."""

_FEW = 64
"""Files are looked through for so many ids before they are decoded."""


_Line: TypeAlias = tuple[Shape | Track | Keyframe, str]
"""An object or a keyframe, and what the names of its fields begin with."""


class Lines(msgspec.Struct):
    """What two states of a file, or of several, have of one object where they differ."""

    old: list[_Line] = msgspec.field(default_factory=list)
    new: list[_Line] = msgspec.field(default_factory=list)

    @property
    def changed(self) -> frozenset[str]:
        """The fields that differ, those that came and those that went among them."""
        missing = object()
        before, after = _state(self.old), _state(self.new)
        names = before.keys() | after.keys()
        return frozenset(name for name in names if before.get(name, missing) != after.get(name, missing))

    @property
    def is_made(self) -> bool:
        """Whether the object is there only after it."""
        return _has_head(self.new) and not _has_head(self.old)

    @property
    def is_removed(self) -> bool:
        """Whether the object is there only before it."""
        return _has_head(self.old) and not _has_head(self.new)


def _state(lines: Iterable[_Line]) -> State:
    state: State = {}
    for item, above in lines:
        _add(state, item, above)
    return state


def _has_head(lines: Iterable[_Line]) -> bool:
    """Whether a shape, or the head of a track, is among lines: a keyframe alone is a part."""
    return any(not isinstance(item, Keyframe) for item, _ in lines)


def state_of(item: Item) -> State:
    """All fields of an object."""
    return _state([(item, "")])


def changed_lines(
    changes: Iterable[tuple[FileChange, bytes, bytes]], owners: dict[int, int], wanted: frozenset[int] = frozenset()
) -> Mapping[int, Lines]:
    """The objects whose lines differ, by id.

    Args:
        changes: files, as they were and as they are.
        owners: by the id of a joint, the object that it is of; what is learnt on the way is added.
        wanted: look only at these objects, if any are named.
    """
    found: dict[int, Lines] = {}
    tokens = [b"%d" % number for number in (*wanted, *(joint for joint, owner in owners.items() if owner in wanted))]
    # Heads first: they say whose the joints are, of which shards know the ids alone.
    for change, before, after in sorted(changes, key=lambda one: not one[0].path.endswith("tracks.jsonl")):
        place = place_of(change.path)
        if place is None or place.kind not in {"shard", "tracks"}:
            continue
        if 0 < len(wanted) <= _FEW and not any(token in data for token in tokens for data in (before, after)):
            continue
        for is_after, data in enumerate(different_lines(before, after)):
            for item in _decoded(data, change.path, heads=place.kind == "tracks"):
                if not isinstance(item, Keyframe):
                    owners.update({joint.id: item.id for joint in item.elements})
                    if item.id in wanted:
                        tokens += [b"%d" % joint.id for joint in item.elements]
                track = item.track if isinstance(item, Keyframe) else item.id
                number = owners.get(track, track)
                if not wanted or number in wanted:
                    lines = found.setdefault(number, Lines())
                    above = f"elements.{track}." if number != track else ""
                    (lines.new if is_after else lines.old).append((item, above))
    return found


def _add(state: State, item: Item | Keyframe, above: str) -> None:
    if isinstance(item, Keyframe):
        at = f"{above}keyframes.{item.frame}."
        state.update({f"{at}{name}": getattr(item, name) for name in _KEYFRAME_FIELDS})
        state.update({f"{at}attributes.{name}": value for name, value in item.attributes.items()})
        return
    for name, value in zip(item.__struct_fields__, msgspec.structs.astuple(item), strict=True):
        if name == "attributes":
            state.update({f"{above}attributes.{key}": given for key, given in value.items()})
        elif name == "elements":
            for element in value:
                _add(state, element, f"{above}elements.{element.id}.")
        elif name == "keyframes":
            for key in value:
                _add(state, key, above)
        elif name != "id":
            state[above + name] = value


_KEYFRAME_FIELDS = tuple(name for name in Keyframe.__struct_fields__ if name not in {"frame", "track", "attributes"})


def _decoded(data: bytes, path: str, *, heads: bool) -> Iterator[Shape | Track | Keyframe]:
    """The objects of lines; what cannot be read is passed over, as history may hold anything."""
    try:
        yield from _decode(data, path, heads=heads)
    except InvalidDocument:
        for line in data.split(b"\n"):
            try:
                yield from list(_decode(line, path, heads=heads))
            except InvalidDocument:
                continue


def _decode(data: bytes, path: str, *, heads: bool) -> Iterator[Shape | Track | Keyframe]:
    if heads:
        return iter(decode_tracks(data, path=path))
    shard: Shard = decode_shard(data, path=path)
    return iter((*shard.shapes, *shard.keyframes))

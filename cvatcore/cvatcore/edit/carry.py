"""What becomes of attributes when an object gets another label, or its label other attributes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from cvatcore.schema import Attribute, Keyframe, Label, Track
from cvatcore.schema.attribute_value import value_problem

_NO_RENAMES: Mapping[str, str] = MappingProxyType({})


class Carried(msgspec.Struct, frozen=True):
    """The values that an object keeps under its new label, and those that it loses (by their old names)."""

    kept: dict[str, str]
    lost: dict[str, str]


class Carrier:
    """How values go from the attributes of one label to those of another; made once for many objects.

    An attribute takes over the values of the one of its name and input type that it allows; its default is always
    allowed. A value that is only the old attribute's default is dropped without being counted as lost: nobody had
    answered it. A value of an attribute that the old label does not know goes by name alone.

    Args:
        old: the label that the objects have.
        new: the label that they get.
        renames: the new names of attributes that are not called as before, by old name.
        same_type: demand the same input type; without it any value that is allowed is taken.
        keep_strangers: leave values of attributes that neither label knows where they are; else they are lost.
    """

    def __init__(
        self,
        old: Label,
        new: Label,
        *,
        renames: Mapping[str, str] = _NO_RENAMES,
        same_type: bool = True,
        keep_strangers: bool = False,
    ) -> None:
        self._before = {attribute.name: attribute for attribute in old.attributes}
        self._after = {attribute.name: attribute for attribute in new.attributes}
        self._renames = renames
        self._same_type = same_type
        self._keep_strangers = keep_strangers
        self._taken: dict[tuple[str, str], Attribute | None] = {}

    def target(self, name: str, value: str) -> Attribute | None:
        """The attribute that takes over a value, or None."""
        key = name, value
        if key not in self._taken:
            self._taken[key] = self._target(name, value)
        return self._taken[key]

    def is_unanswered(self, name: str, value: str) -> bool:
        """Whether a value is no more than the old attribute's default."""
        was = self._before.get(name)
        return was is not None and was.default_value == value

    def is_stranger(self, name: str) -> bool:
        """Whether a value stays as it is because nobody knows its attribute."""
        return self._keep_strangers and name not in self._before and name not in self._after

    def carry(self, values: Mapping[str, str], *, mutable: bool | None = None) -> Carried:
        """The values under the new label; `mutable` as `carry_attributes` has it."""
        kept: dict[str, str] = {}
        lost: dict[str, str] = {}
        for name, value in values.items():
            target = self.target(name, value)
            if target is not None and mutable in (None, target.mutable):
                kept[target.name] = value
            elif self.is_stranger(name):
                kept[name] = value
            elif not self.is_unanswered(name, value):
                lost[name] = value
        return Carried(kept, lost)

    def carry_track(self, track: Track) -> tuple[Track, dict[str, str]]:
        """As the function `carry_track`, without the new label's name."""
        head: dict[str, str] = {}
        first: dict[str, str] = {}
        lost: dict[str, str] = {}
        for name, value in track.attributes.items():
            target = self.target(name, value)
            if target is not None:
                (first if target.mutable else head)[target.name] = value
            elif self.is_stranger(name):
                head[name] = value
            elif not self.is_unanswered(name, value):
                lost[name] = value
        keyframes: list[Keyframe] = []
        for keyframe in track.keyframes:
            values = first
            first = {}
            for name, value in keyframe.attributes.items():
                target = self.target(name, value)
                if target is not None and target.mutable:
                    values = values | {target.name: value}
                elif self.is_stranger(name):
                    values = values | {name: value}
                elif target is not None and head.setdefault(target.name, value) == value:
                    continue
                elif not self.is_unanswered(name, value):
                    lost[name] = value
            keyframes.append(msgspec.structs.replace(keyframe, attributes=values))
        for name, value in first.items():
            lost[name] = value  # Without a keyframe there is no place for it.
        return msgspec.structs.replace(track, attributes=head, keyframes=tuple(keyframes)), lost

    def _target(self, name: str, value: str) -> Attribute | None:
        was, now = self._before.get(name), self._after.get(self._renames.get(name, name))
        if now is None or (self._same_type and was is not None and was.input_type != now.input_type):
            return None
        return now if value == now.default_value or not value_problem(now, value) else None


def carry_attributes(values: Mapping[str, str], old: Label, new: Label, *, mutable: bool | None = None) -> Carried:
    """The values of an object of the label `old` as one of the label `new`, by name and input type (see `Carrier`).

    Args:
        values: the object's attributes by name.
        old: the label that it has.
        new: the label that it gets.
        mutable: carry into mutable attributes only (a keyframe's), into immutable ones only (a track's), or into
            both (a shape's). What the other kind would take is lost; `carry_track` moves it to its place.
    """
    return Carrier(old, new).carry(values, mutable=mutable)


def carry_track(track: Track, old: Label, new: Label) -> tuple[Track, dict[str, str]]:
    """A track as one of the label `new`, its elements as they are, and the values that it loses by old name.

    Immutable attributes stay on the track and mutable ones on its keyframes. One that was immutable and is mutable
    now goes to the first keyframe; one that was mutable takes the first value that a keyframe sets for all frames,
    and what later ones set instead is lost.
    """
    carried, lost = Carrier(old, new).carry_track(track)
    return msgspec.structs.replace(carried, label=new.name), lost

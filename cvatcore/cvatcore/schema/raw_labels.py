"""Labels as CVAT's "Raw" tab and its API write them: a list of objects in JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated

import msgspec

from cvatcore.errors import InvalidInput
from cvatcore.schema.label import Attribute, InputType, Label, LabelType
from cvatcore.schema.label_check import INPUT_TYPES, LABEL_TYPES, check_labels
from cvatcore.schema.label_color import default_color
from cvatcore.schema.skeleton import read_svg, rename_joints, write_svg

Scalar = str | bool | int | float | None
Id = Annotated[int, msgspec.Meta(le=2**53 - 1)] | None
"""CVAT's editor numbers what is new with numbers below 0."""


class _RawAttribute(msgspec.Struct, frozen=True):
    name: str
    input_type: str
    id: Id = None
    mutable: bool = False
    default_value: Scalar = None
    values: list[Scalar] | str = []
    deleted: bool = False


class _RawLabel(msgspec.Struct, frozen=True):
    name: str = ""
    id: Id = None
    color: str | None = None
    type: str | None = None
    attributes: list[_RawAttribute] | None = None
    sublabels: list[_RawLabel] | None = None
    svg: str | None = None
    deleted: bool = False
    aliases: list[str] | None = None
    """Ours: CVAT knows none and passes over it."""


def read_raw_labels(
    text: str | bytes, *, known: Sequence[Label] | None = None, by_name: bool = False
) -> tuple[Label, ...]:
    """The labels that a text in CVAT's raw form asks for; new ones, and their new parts, have the id 0.

    Colours, default values and types that are left out are filled in as CVAT does. What is not known here is passed
    over, as is a comma too many, which its editor allows.

    Args:
        text: a JSON array.
        known: the labels that the text is about to take the place of. An item with an id is that label, one without
            is new, and a label that no item names is to go. Attributes and sub-labels are found by their names too.
            Without it, ids are taken as they are.
        by_name: take an item without an id for the label of its name.

    Errors: InvalidInput that names the item and its field, like `[2].attributes[0].values`.
    """
    labels: list[Label] = []
    for index, raw in enumerate(_decode(text)):
        if raw.deleted:
            if not _is_known(raw):
                raise InvalidInput(f"[{index}].id: A label that is to be deleted needs its id.")
            _find(raw, known, place=f"[{index}]", by_name=False)
            continue
        before = _find(raw, known, place=f"[{index}]", by_name=by_name)
        labels.append(_label(raw, before, place=f"[{index}]", keep_ids=known is None, taken=labels))
    check_labels(labels, known=known or (), where="")
    return tuple(labels)


def write_raw_labels(labels: Iterable[Label]) -> str:
    """Labels in CVAT's raw form, a line feed at the end; reading the text gives the same labels."""
    data = msgspec.json.encode([_raw_item(label) for label in labels])
    return msgspec.json.format(data, indent=2).decode() + "\n"


def without_ids(labels: Iterable[Label]) -> tuple[Label, ...]:
    """The labels as new ones: without ids, their attributes' and joints' too."""
    return tuple(
        msgspec.structs.replace(
            label,
            id=0,
            attributes=tuple(msgspec.structs.replace(attribute, id=0) for attribute in label.attributes),
            sublabels=without_ids(label.sublabels),
        )
        for label in labels
    )


def _decode(text: str | bytes) -> list[_RawLabel]:
    try:
        value = _json(text)
    except (msgspec.DecodeError, UnicodeDecodeError, UnicodeEncodeError, RecursionError) as error:
        raise InvalidInput(f"The labels are no JSON: {error}.", hint="See docs/labels.md for their form.") from None
    if not isinstance(value, list):
        raise InvalidInput("The labels are no JSON array.", hint='Put them in brackets, like: [{"name": "car"}].')
    _check_keys(value, place="")
    try:
        return msgspec.convert(value, list[_RawLabel])
    except msgspec.ValidationError as error:
        what, _, place = str(error).partition(" - at `$")
        raise InvalidInput(f"{place.rstrip('`')}: {what}." if place else f"{what}.") from None
    except (RecursionError, OverflowError) as error:
        raise InvalidInput(f"The labels cannot be read: {error}.") from None


_STRING_OR_COMMA = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])', re.DOTALL)


def _json(text: str | bytes) -> object:
    plain = text.decode("utf-8-sig") if isinstance(text, bytes) else text
    try:
        return msgspec.json.decode(plain)
    except msgspec.DecodeError:
        return msgspec.json.decode(_STRING_OR_COMMA.sub(lambda found: found[1] or "", plain))


def _check_keys(items: object, *, place: str) -> None:
    """Refuse keys that are meant for one of ours: passing them over would lose what they say."""
    import difflib  # For those who have a file of labels; every command would pay for it.

    for index, item in enumerate(items if isinstance(items, list) else ()):
        if not isinstance(item, dict):
            continue
        kind = _RawAttribute if place.endswith("attributes") else _RawLabel
        fields = kind.__struct_fields__
        for key in item:
            near = difflib.get_close_matches(key, fields, n=1, cutoff=0.8)
            if near and key not in fields and near[0] not in item:
                raise InvalidInput(f"{place}[{index}].{key}: There is no such field.", hint=f"Is {near[0]} meant?")
        if kind is _RawLabel:
            for field in ("attributes", "sublabels"):
                _check_keys(item.get(field), place=f"{place}[{index}].{field}")


def _find(raw: _RawLabel, known: Sequence[Label] | None, *, place: str, by_name: bool) -> Label | None:
    """The label that an item of the list is about."""
    if known is None or (not _is_known(raw) and not by_name):
        return None
    for label in known:
        if label.id == raw.id or (by_name and not _is_known(raw) and label.name == raw.name.strip()):
            return label
    if _is_known(raw):
        ids = ", ".join(f"{label.id} ({label.name})" for label in known) or "none"
        raise InvalidInput(
            f"{place}.id: There is no label with the id {raw.id}.",
            hint=f"Leave the id of a new label out. The ids here are: {ids}.",
        )
    return None


def _is_known(raw: _RawLabel | _RawAttribute) -> bool:
    return raw.id is not None and raw.id > 0


def _label(
    raw: _RawLabel, before: Label | None, *, place: str, keep_ids: bool, taken: Sequence[Label], joint: bool = False
) -> Label:
    name = raw.name.strip() or (before.name if before else "")
    kind = _label_type(raw, before, place=place, joint=joint)
    sublabels: list[Label] = []
    for index, item in enumerate(raw.sublabels or ()):
        # A skeleton's parts have a name each, and it says which of them is meant.
        found = _find(item, before.sublabels, place=f"{place}.sublabels[{index}]", by_name=True) if before else None
        inner = f"{place}.sublabels[{index}]"
        sublabels.append(_label(item, found, place=inner, keep_ids=keep_ids, taken=sublabels, joint=True))
    color = (raw.color or "").strip().lower()
    if not color:
        kept = before.color if before and raw.color is None else ""
        color = kept or default_color(name, taken=[label.color for label in taken])
    if raw.sublabels is None and before is not None:
        sublabels = list(before.sublabels)
    return Label(
        id=max(raw.id or 0, 0) if keep_ids else (before.id if before else 0),
        name=name,
        color=color,
        type=kind,
        aliases=_aliases(raw, before, name),
        attributes=_attributes(raw.attributes, before, place=f"{place}.attributes", keep_ids=keep_ids),
        sublabels=tuple(sublabels),
        svg=_svg(raw, before, sublabels, place=place),
    )


def _label_type(raw: _RawLabel, before: Label | None, *, place: str, joint: bool) -> LabelType:
    given = raw.type or (before.type if before else "points" if joint else "any")
    if given == "bbox":  # What CVAT's XML calls it.
        return "rectangle"
    for kind in LABEL_TYPES:
        if kind == given:
            return kind
    raise InvalidInput(f"{place}.type: There is no label type {given!r}.", hint=f"One of: {', '.join(LABEL_TYPES)}.")


def _aliases(raw: _RawLabel, before: Label | None, name: str) -> tuple[str, ...]:
    if raw.aliases is not None:
        return tuple(raw.aliases)
    return tuple(alias for alias in before.aliases if alias != name) if before else ()


def _svg(raw: _RawLabel, before: Label | None, sublabels: Sequence[Label], *, place: str) -> str:
    if raw.svg is None and before is not None:
        now = {label.id: label.name for label in sublabels}
        return rename_joints(before.svg, {label.name: now.get(label.id, label.name) for label in before.sublabels})
    if raw.svg is None:
        return ""
    if not raw.svg.strip():
        return ""
    # The "Raw" tab shows quotes as entities.
    text = raw.svg if '"' in raw.svg or "'" in raw.svg else raw.svg.replace("&quot;", '"')
    names = {label.id: label.name for label in before.sublabels} if before else {}
    names |= {item.id: item.name.strip() for item in raw.sublabels or () if item.id}
    names |= {label.id: label.name for label in sublabels if label.id}
    try:
        return write_svg(read_svg(text, names=names))
    except InvalidInput as error:
        raise InvalidInput(f"{place}.svg: {error.message}", hint=error.hint) from None


def _attributes(
    items: Sequence[_RawAttribute] | None, before: Label | None, *, place: str, keep_ids: bool
) -> tuple[Attribute, ...]:
    known = before.attributes if before else ()
    if items is None:
        return known
    by_id = {attribute.id: attribute for attribute in known}
    by_name = {attribute.name: attribute for attribute in known}
    attributes: list[Attribute] = []
    for index, raw in enumerate(items):
        here = f"{place}[{index}]"
        if raw.deleted:
            continue
        if before is not None and _is_known(raw) and raw.id not in by_id:
            raise InvalidInput(f"{here}.id: The label {before.name!r} has no attribute with the id {raw.id}.")
        kind = _input_type(raw, place=here)
        values = _values(raw, kind)
        found = by_id.get(raw.id or 0) if _is_known(raw) else by_name.get(raw.name.strip())
        attributes.append(
            Attribute(
                id=max(raw.id or 0, 0) if keep_ids else (found.id if found else 0),
                name=raw.name.strip(),
                input_type=kind,
                mutable=raw.mutable,
                default_value=_default(raw, kind, values),
                values=values,
            )
        )
    return tuple(attributes)


def _input_type(raw: _RawAttribute, *, place: str) -> InputType:
    for kind in INPUT_TYPES:
        if kind == raw.input_type:
            return kind
    raise InvalidInput(
        f"{place}.input_type: There is no input type {raw.input_type!r}.", hint=f"One of: {', '.join(INPUT_TYPES)}."
    )


def _values(raw: _RawAttribute, kind: InputType) -> tuple[str, ...]:
    given = raw.values
    if isinstance(given, str):
        return tuple(re.split(r"[;\n]" if kind == "number" else r"\n", given)) if given else ()
    values = tuple(_text(value) for value in given)
    return tuple(values[0].split(";")) if kind == "number" and len(values) == 1 else values


def _default(raw: _RawAttribute, kind: InputType, values: Sequence[str]) -> str:
    given = _text(raw.default_value)
    if given or "" in values or (kind == "text" and raw.default_value is not None):
        return given
    return values[0] if values else "false" if kind == "checkbox" else ""


def _text(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _raw_item(label: Label, *, joint: bool = False) -> Mapping[str, object]:
    item: dict[str, object] = {"name": label.name}
    if label.id:
        item["id"] = label.id
    item |= {"color": label.color, "type": label.type}
    if label.aliases:
        item["aliases"] = label.aliases
    item["attributes"] = [
        ({"id": attribute.id} if attribute.id else {})
        | {
            "name": attribute.name,
            "input_type": attribute.input_type,
            "mutable": attribute.mutable,
            "values": attribute.values,
            "default_value": attribute.default_value,
        }
        for attribute in label.attributes
    ]
    if joint:
        item["has_parent"] = True
    if label.type == "skeleton":
        item |= {"sublabels": [_raw_item(inner, joint=True) for inner in label.sublabels], "svg": label.svg}
    return item

"""Lists of labels as clients write them: new ones, and changes of those that are there, in CVAT's words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from cvatcore.edit.label_edits import replace_labels
from cvatcore.protocol.writes import LabelWrite
from cvatcore.schema import Label
from cvatcore.schema.raw_labels import read_raw_labels, without_ids, write_raw_labels
from cvatcore.workspace.labels import LabelSet
from cvatd.refusals import FieldErrors, Refused

NOT_UNIQUE = "All label names must be unique"

Item = dict[str, Any]
"""A label in CVAT's raw form."""


def new_labels(items: Sequence[LabelWrite]) -> tuple[Label, ...]:
    """The labels of something that is made; whatever ids they have, they are new.

    Errors: FieldErrors, InvalidInput for labels that nothing can have.
    """
    check_items(items, is_new=True)
    raw = [_plain(item) for item in items]
    for group in (raw, *(item.get("sublabels") or () for item in raw)):
        _check_unique(group)
    return without_ids(read_raw_labels(msgspec.json.encode(raw))) if raw else ()


def changed_labels(known: Sequence[Label], items: Sequence[LabelWrite]) -> tuple[Label, ...]:
    """All labels after the changes that a list asks for: by id they are changed, without one they are new.

    Labels, joints and attributes that the list does not name stay; attributes are found by name.
    Errors: Refused with 404 for an id that none has; FieldErrors, InvalidInput for labels that nothing can have.
    """
    check_items(items, is_new=False)
    raw: list[Item] = msgspec.json.decode(write_raw_labels(known))
    for label in raw:
        label.pop("svg", None)  # Templates that nothing is said of follow the names of their joints.
    _change_all(raw, [_plain(item) for item in items])
    _check_unique(raw)
    return read_raw_labels(msgspec.json.encode(raw), known=known)


def check_items(items: Sequence[LabelWrite], *, is_new: bool) -> None:
    """Make sure that each item says enough.

    Errors: FieldErrors with what is wrong with each.
    """
    found = _errors(items, is_new=is_new)
    if any(found):
        raise FieldErrors({"labels": found})


def _errors(items: Iterable[LabelWrite], *, is_new: bool) -> list[Item]:
    found: list[Item] = []
    for item in items:
        wrong: Item = {}
        if item.deleted is True and not item.id:
            wrong["non_field_errors"] = ["Deleted label must have an ID"]
        elif item.name is msgspec.UNSET and (is_new or not item.id or item.id < 0):
            wrong["name"] = ["This field is required."]
        elif isinstance(item.name, str) and not item.name.strip():
            wrong["name"] = ["This field may not be blank."]
        if isinstance(item.sublabels, list) and any(inner := _errors(item.sublabels, is_new=is_new)):
            wrong["sublabels"] = inner
        found.append(wrong)
    return found


def _change_all(raw: list[Item], items: Iterable[Item], *, joints: bool = False) -> None:
    """Change labels in place as a list says."""
    for item in items:
        number = item.get("id") or 0
        found = next((one for one in raw if one.get("id") == number), None) if number > 0 else None
        if found is None and joints:
            # A skeleton's parts have a name each, and it says which of them is meant.
            found = next((one for one in raw if one["name"] == str(item.get("name", "")).strip()), None)
        if number > 0 and found is None:
            raise Refused(404, f"Not found label with id #{number} to change")
        if found is None:
            raw.append({name: value for name, value in item.items() if name != "id"})
        elif item.get("deleted"):
            raw.remove(found)
        else:
            _change(found, item)


def _change(label: Item, given: Item) -> None:
    """Change one label in place; its type goes neither from nor to a skeleton, as in CVAT, without a word."""
    attributes, sublabels = given.pop("attributes", ()), given.pop("sublabels", ())
    for field in ("id", "deleted"):
        given.pop(field, None)
    if "skeleton" in {label["type"], given.get("type")}:
        given.pop("type", None)
    by_name = {attribute["name"]: attribute for attribute in label["attributes"]}
    for attribute in attributes:
        name = attribute["name"].strip()
        by_name[name] = {"input_type": "text"} | by_name.get(name, {}) | attribute | {"name": name}
    label.update(given | {"attributes": list(by_name.values())})
    if label["type"] == "skeleton" and sublabels:
        _change_all(label["sublabels"], sublabels, joints=True)
        _check_unique(label["sublabels"])


def apply_items(labels: LabelSet, items: Sequence[LabelWrite]) -> bool:
    """Change the labels of a task or project, with all objects, as a list asks for. Returns whether something changed.

    Errors: as `changed_labels`; nothing was written then.
    """
    return bool(labels.apply(lambda known: replace_labels(known, changed_labels(known, items))).commit)


def _plain(item: LabelWrite) -> Item:
    plain: Item = msgspec.to_builtins(item)
    return {name: value for name, value in plain.items() if value is not None}


def _check_unique(items: Iterable[Item]) -> None:
    names = [str(item.get("name", "")).strip() for item in items]
    if len(set(names)) < len(names):
        raise FieldErrors([NOT_UNIQUE])

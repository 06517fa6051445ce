"""The labels that CVAT's XML declares: what a task needs to have before the file can be imported into it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cvatcore.errors import InvalidDocument, InvalidInput
from cvatcore.schema import Label
from cvatcore.schema.raw_labels import read_raw_labels
from cvatformats.cvat_nodes import read_nodes
from cvatformats.source import open_source

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element as Node


def read_labels(file: Path) -> tuple[Label, ...]:
    """The labels in the head of CVAT's XML, plain or in an archive, with their attributes and joints; all ids are 0.

    Types, colours and defaults that are left out are CVAT's.

    Errors: NotFound, InvalidMedia, InvalidDocument with the place.
    """
    with open_source(file) as source:
        names = source.files(".xml") or ([] if source.is_archive else [source.path.name])
        if not names:
            raise InvalidDocument("There is no annotations.xml in it.", path=source.name)
        place = source.place(names[0])
        with source.open(names[0]) as stream:
            for node in read_nodes(stream, place=place):
                if node.tag == "meta":
                    return _labels(node, path=place)
    raise InvalidDocument("It has no head that declares labels.", path=place, hint="Make the labels by hand.")


class _Raw(msgspec.Struct):
    """A label as CVAT's raw form has it."""

    name: str
    type: str | None
    color: str | None
    svg: str
    attributes: list[dict[str, object]]
    sublabels: list[_Raw] = []


def _labels(meta: Node, *, path: str) -> tuple[Label, ...]:
    found: dict[str, _Raw] = {}
    joints: list[tuple[str, _Raw]] = []
    # Of a task, a job or a project.
    for number, node in enumerate(meta.findall("./*/labels/label"), start=1):
        name = _text(node, "name")
        if not name:
            raise InvalidDocument(f"Label {number} has no name.", path=path)
        raw = _Raw(
            name=name,
            type=_text(node, "type") or None,
            color=_text(node, "color") or None,
            svg=_text(node, "svg"),
            attributes=[_attribute(attribute) for attribute in node.findall("./attributes/attribute")],
        )
        if parent := _text(node, "parent"):
            joints.append((parent, raw))
        elif name in found:
            raise InvalidDocument(f"The label {name!r} is there twice.", path=path)
        else:
            found[name] = raw
    for parent, raw in joints:
        if parent not in found:
            raise InvalidDocument(f"The joint {raw.name!r} is of the label {parent!r}, which is not there.", path=path)
        found[parent].sublabels.append(raw)
    try:
        return read_raw_labels(msgspec.json.encode(list(found.values())))
    except InvalidInput as error:
        raise InvalidDocument(f"The labels in its head: {error.message}", path=path, hint=error.hint) from None


def _attribute(node: Node) -> dict[str, object]:
    return {
        "name": _text(node, "name"),
        "mutable": _text(node, "mutable").lower() in {"true", "1"},
        "input_type": _text(node, "input_type"),
        "default_value": _text(node, "default_value"),
        "values": _text(node, "values"),
    }


def _text(node: Node, name: str) -> str:
    return node.findtext(name) or ""

"""The elements of CVAT's XML as they are read: one after the other, each with its place for messages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, TYPE_CHECKING

from cvatcore.errors import InvalidDocument
from cvatcore.geometry import points_problem
from cvatcore.schema import ShapeType
from cvatformats.cvat_shapes import ELEMENTS, points_of, read_number, required

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element as Node


def read_nodes(stream: IO[bytes], *, place: str) -> Iterator[Node]:
    """The children of the root, each complete, and forgotten once it was used.

    Errors: InvalidDocument with the line.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    depth = 0
    root: Node | None = None
    try:
        for event, node in iterparse(stream, events=("start", "end"), forbid_dtd=True):
            if event == "start":
                if root is None:
                    root = node
                    if node.tag != "annotations":
                        raise InvalidDocument(f"The root element is {node.tag!r} and not 'annotations'.", path=place)
                depth += 1
                continue
            depth -= 1
            if depth == 1 and root is not None:
                yield node
                root.clear()
    except ParseError as error:
        line, _ = error.position
        raise InvalidDocument(
            f"This is no XML: {error.msg}.", path=place, line=line, hint="Nothing was imported."
        ) from None
    except DefusedXmlException:
        raise InvalidDocument(
            "It declares entities or a document type, which annotations never need.",
            path=place,
            hint="Do not use this file unless you know where it comes from.",
        ) from None
    except (LookupError, UnicodeError, ValueError) as error:
        # An encoding that does not exist, or bytes that are not in it.
        raise InvalidDocument(f"This is no XML: {error}.", path=place) from None


def shape_nodes(node: Node) -> list[Node]:
    """The shapes and tags in an element."""
    return [child for child in node if child.tag in ELEMENTS]


def joint_nodes(node: Node) -> list[Node]:
    """The joints in a skeleton's element; others have none."""
    return shape_nodes(node) if node.tag == "skeleton" else []


def label_name(node: Node, *, path: str, place: str) -> str:
    """The label that an element names.

    Errors: InvalidDocument.
    """
    try:
        return required(node.attrib, "label")
    except ValueError as error:
        raise broken(path, place, error) from None


def attribute_values(node: Node) -> dict[str, str]:
    """The attributes of an object, by name.

    Errors: ValueError as the end of a sentence about the element.
    """
    return {required(child.attrib, "name"): child.text or "" for child in node if child.tag == "attribute"}


def points_in(node: Node, kind: ShapeType) -> tuple[float, ...]:
    """The points of a shape's element.

    Errors: ValueError as the end of a sentence about the element.
    """
    points = points_of(kind, node.attrib)
    if problem := points_problem(kind, points):
        raise ValueError(problem)
    return points


def rotation_of(node: Node) -> float:
    """The rotation of a shape's element, from 0 to 360 degrees.

    Errors: ValueError as the end of a sentence about the element.
    """
    value = read_number(node.attrib, "rotation", default=0.0)
    return value if 0 <= value <= 360 else value % 360


def broken(path: str, place: str, error: ValueError) -> InvalidDocument:
    """The error for an element that is not as it should be, of the end of a sentence about it."""
    sentence = f"{place} {error}."
    return InvalidDocument(sentence[0].upper() + sentence[1:], path=path, hint="Nothing was imported.")

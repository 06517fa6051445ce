"""The template of a skeleton: where its joints lie when it is drawn anew, and which of them are joined.

CVAT keeps it as a piece of SVG, a circle a joint and a line an edge. What is read here is turned into these structs
and written from them again, so nothing else of a stranger's SVG (scripts, links, styles) reaches a web page.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from cvatcore.errors import InvalidInput

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

SIZE = 100.0
"""The width and height of the drawing area; positions count from its top left corner."""

MAX_JOINTS = 1000
"""The most joints of a skeleton."""

MAX_TEXT = 1_000_000
"""The longest SVG that is read, in characters."""

_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
)

_NUMBER = re.compile(r"[0-9]{1,9}")


class Joint(msgspec.Struct, frozen=True):
    """A joint: its number within the template, the sub-label it stands for, its place in the drawing area."""

    id: int
    label: str
    x: float
    y: float


class Skeleton(msgspec.Struct, frozen=True):
    """A template: joints, and edges as pairs of their numbers."""

    joints: tuple[Joint, ...] = ()
    edges: tuple[tuple[int, int], ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the sub-labels, in the order of the joints."""
        return tuple(joint.label for joint in self.joints)


def make_skeleton(positions: Mapping[str, tuple[float, float]], edges: Iterable[tuple[str, str]] = ()) -> Skeleton:
    """A template from places in the drawing area by sub-label, and edges between sub-labels.

    Errors: InvalidInput for a place outside the area, or an edge that joins nothing, itself or twice the same.
    """
    numbers = {name: number for number, name in enumerate(positions, start=1)}
    pairs: list[tuple[int, int]] = []
    for start, end in edges:
        if missing := [name for name in (start, end) if name not in numbers]:
            raise InvalidInput(f"An edge joins {missing[0]!r}, which is no joint.")
        pairs.append((numbers[start], numbers[end]))
    joints = tuple(Joint(numbers[name], name, x + 0.0, y + 0.0) for name, (x, y) in positions.items())
    made = Skeleton(joints, tuple(pairs))
    if problem := skeleton_problem(made):
        raise InvalidInput(f"The skeleton {problem}.")
    return made


def skeleton_problem(skeleton: Skeleton) -> str:
    """What is wrong with a template, as the end of a sentence; empty when nothing is."""
    if not skeleton.joints:
        return "has no joint"
    if len(skeleton.joints) > MAX_JOINTS:
        return f"has {len(skeleton.joints)} joints, more than {MAX_JOINTS}"
    numbers: set[int] = set()
    for joint in skeleton.joints:
        if joint.id in numbers:
            return f"has two joints with the number {joint.id}"
        numbers.add(joint.id)
        if not (0 <= joint.x <= SIZE and 0 <= joint.y <= SIZE):
            return f"has the joint {joint.label!r} at {joint.x:g},{joint.y:g}, outside of 0 to {SIZE:g}"
    seen: set[frozenset[int]] = set()
    for edge in skeleton.edges:
        pair = frozenset(edge)
        if not pair <= numbers:
            return f"has an edge from {edge[0]} to {edge[1]}, and no joint {min(pair - numbers)}"
        if len(pair) == 1:
            return f"has an edge from joint {edge[0]} to itself"
        if pair in seen:
            return f"has two edges between {edge[0]} and {edge[1]}"
        seen.add(pair)
    return ""


def sublabels_problem(skeleton: Skeleton, names: Sequence[str]) -> str:
    """Whether the joints stand for each of these sub-labels once, as the end of a sentence; empty when they do."""
    left = list(skeleton.labels)
    for name in names:
        if name not in left:
            return f"has no joint for the sub-label {name!r}"
        left.remove(name)
    if left:
        twice = left[0] in names
        return f"has two joints for {left[0]!r}" if twice else f"has the joint {left[0]!r}, which is no sub-label"
    return ""


def read_svg(
    text: str, *, names: Mapping[int, str] | None = None, elements: Mapping[int, str] | None = None
) -> Skeleton:
    """The template in a piece of SVG, or in a whole SVG document; everything else in it is left behind.

    Args:
        text: circles with `data-type="element node"` and lines with `data-type="edge"`.
        names: the sub-labels by id, for joints that are named by `data-label-id`, as the API has it.
        elements: the sub-labels by `data-element-id`, for joints that carry no name. Without one, the number is
            the name.

    Errors: InvalidInput.
    """
    joints: list[Joint] = []
    edges: list[tuple[int, int]] = []
    for element in svg_elements(text):
        kind = element.get("data-type", "")
        if local_name(element) == "circle" and "element" in kind.split():
            joints.append(_joint(element, names or {}, elements or {}))
        elif local_name(element) == "line" and kind == "edge":
            edge = _whole(element, "data-node-from"), _whole(element, "data-node-to")
            # CVAT's own editor can leave an edge twice.
            if edge not in edges and edge[::-1] not in edges:
                edges.append(edge)
    skeleton = Skeleton(tuple(joints), tuple(edges))
    if problem := skeleton_problem(skeleton):
        raise InvalidInput(f"The skeleton {problem}.")
    return skeleton


def write_svg(skeleton: Skeleton, *, ids: Mapping[str, int] | None = None) -> str:
    """The piece of SVG of a template, in CVAT's form: the same text for the same template.

    With `ids` the joints are named by the ids of their sub-labels (`data-label-id`), else by `data-label-name`.
    Errors: InvalidInput for a joint that `ids` does not know.
    """
    places = {joint.id: joint for joint in skeleton.joints}
    lines = [_line(places[start], places[end]) for start, end in skeleton.edges]
    return "".join([*lines, *(_circle(joint, ids) for joint in skeleton.joints)])


def rename_joints(svg: str, names: Mapping[str, str]) -> str:
    """A template's SVG with other names for its sub-labels, by old name; one that cannot be read stays as it is."""
    try:
        skeleton = read_svg(svg)
    except InvalidInput:
        return svg
    joints = tuple(
        msgspec.structs.replace(joint, label=names.get(joint.label, joint.label)) for joint in skeleton.joints
    )
    return write_svg(msgspec.structs.replace(skeleton, joints=joints))


def svg_for_page(svg: str, ids: Mapping[str, int]) -> str:
    """A template's SVG as the API has it, its joints named by the ids of their sub-labels.

    Empty for one that cannot be read or that names something else: it is shown in web pages, so nothing is passed
    on that was not understood.
    """
    try:
        return write_svg(read_svg(svg), ids=ids)
    except InvalidInput:
        return ""


def svg_elements(text: str) -> list[Element]:
    """The elements of the drawing: those of the root, or of the pieces.

    Errors: InvalidInput.
    """
    from defusedxml.common import DefusedXmlException  # Only those who have skeletons pay for it.
    from defusedxml.ElementTree import fromstring

    if len(text) > MAX_TEXT:
        raise InvalidInput(f"The skeleton's svg is longer than {MAX_TEXT} characters.")
    text = text.lstrip("\ufeff \t\r\n")
    try:
        try:
            root = fromstring(text)
        except SyntaxError:
            if "<svg" in text:
                raise
            root = fromstring(f"<svg>{text}</svg>")
    except SyntaxError as error:
        raise InvalidInput(f"The skeleton's svg cannot be read: {error}.") from None
    except (DefusedXmlException, ValueError):
        raise InvalidInput("The skeleton's svg cannot be read: it declares entities, or is no plain XML.") from None
    return list(root) if local_name(root) == "svg" else [root]


def local_name(element: Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def _joint(element: Element, names: Mapping[int, str], elements: Mapping[int, str]) -> Joint:
    number = _whole(element, "data-element-id" if element.get("data-node-id") is None else "data-node-id")
    label = element.get("data-label-name")
    if label is None and element.get("data-label-id") is not None:
        wanted = _whole(element, "data-label-id")
        if wanted not in names:
            raise InvalidInput(f"Joint {number} of the skeleton has data-label-id {wanted}, which is no sub-label's.")
        label = names[wanted]
    elif label is None:
        own = _whole(element, "data-element-id")
        label = elements.get(own, str(own))
    return Joint(number, label, _float(element, "cx"), _float(element, "cy"))


def _attribute(element: Element, name: str, check: Callable[[str], bool], meaning: str) -> str:
    text = (element.get(name) or "").strip()
    if not check(text):
        where = f"A {local_name(element)} of the skeleton's svg"
        raise InvalidInput(
            f"{where} has {name}={text!r}, which is no {meaning}." if text else f"{where} has no {name}."
        )
    return text


def _whole(element: Element, name: str) -> int:
    return int(_attribute(element, name, lambda text: _NUMBER.fullmatch(text) is not None, "number from 0 up"))


def _float(element: Element, name: str) -> float:
    return float(_attribute(element, name, _is_finite, "number")) + 0.0  # Never -0.0, which would read as another text.


def _is_finite(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _line(start: Joint, end: Joint) -> str:
    return (
        f'<line x1="{_short(start.x)}" y1="{_short(start.y)}" x2="{_short(end.x)}" y2="{_short(end.y)}" stroke="black"'
        f' data-type="edge" data-node-from="{start.id}" stroke-width="0.5" data-node-to="{end.id}"></line>'
    )


def _circle(joint: Joint, ids: Mapping[str, int] | None) -> str:
    if ids is None:
        name = f"data-label-name={_quoted(joint.label)}"
    elif joint.label in ids:
        name = f'data-label-id="{ids[joint.label]}"'
    else:
        raise InvalidInput(f"The skeleton has the joint {joint.label!r}, which is no sub-label.")
    return (
        f'<circle r="1.5" stroke="black" fill="#b3b3b3" cx="{_short(joint.x)}" cy="{_short(joint.y)}"'
        f' stroke-width="0.1" data-type="element node" data-element-id="{joint.id}" data-node-id="{joint.id}"'
        f" {name}></circle>"
    )


def _quoted(text: str) -> str:
    # Always in double quotes: CVAT looks for the attribute as text.
    return f'"{text.translate(_ESCAPES)}"'


def _short(number: float) -> str:
    return str(int(number)) if number.is_integer() else repr(number)

"""A skeleton's template as the `.svg` file that CVAT's skeleton editor downloads and uploads."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from cvatcore.errors import InvalidInput
from cvatcore.schema.label import Label
from cvatcore.schema.label_color import default_color
from cvatcore.schema.raw_labels import read_raw_labels, without_ids, write_raw_labels
from cvatcore.schema.skeleton import Skeleton, local_name, read_svg, svg_elements, write_svg

_SPECIFICATION = "labels-specification"
"""What marks the `desc` that holds the sub-labels as JSON, by `data-element-id`."""


def read_skeleton_file(text: str) -> tuple[Skeleton, tuple[Label, ...]]:
    """The template of a file, and its sub-labels (id 0) in the order of the joints.

    A joint that the file says no more about gets a sub-label of its name.
    Errors: InvalidInput.
    """
    described = _described(text)
    skeleton = read_svg(text, elements={number: label.name for number, label in described.items()})
    by_name = {label.name: label for label in described.values()}
    sublabels: list[Label] = []
    for name in skeleton.labels:
        if name in by_name:
            sublabels.append(by_name[name])
        else:
            color = default_color(name, taken=[label.color for label in sublabels])
            sublabels.append(Label(id=0, name=name, color=color, type="points"))
    return skeleton, tuple(sublabels)


def write_skeleton_file(label: Label) -> str:
    """The file of a skeleton label.

    Errors: InvalidInput when the label is none, or its template cannot be read.
    """
    if label.type != "skeleton":
        raise InvalidInput(f"The label {label.name!r} is no skeleton.", hint="See: cvat label ls.")
    skeleton = read_svg(label.svg)
    joints = {joint.label: str(joint.id) for joint in skeleton.joints}
    items = msgspec.json.decode(write_raw_labels(without_ids(label.sublabels)))
    specification = {joints[item["name"]]: item for item in items if item["name"] in joints}
    text = msgspec.json.encode(specification).decode().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # No blanks between the elements: CVAT's editor refuses a file that has text there.
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">'
        f'{write_svg(skeleton)}<desc data-description-type="{_SPECIFICATION}">{text}</desc></svg>\n'
    )


def _described(text: str) -> Mapping[int, Label]:
    for element in svg_elements(text):
        if local_name(element) == "desc" and element.get("data-description-type") == _SPECIFICATION:
            return _sublabels(element.text or "{}")
    return {}


def _sublabels(text: str) -> Mapping[int, Label]:
    try:
        items = msgspec.json.decode(text, type=dict[int, msgspec.Raw])
    except (msgspec.MsgspecError, RecursionError) as error:
        raise InvalidInput(f"The sub-labels in the svg cannot be read: {error}.") from None
    listed = b"[" + b",".join(bytes(item) for item in items.values()) + b"]"
    try:
        labels = without_ids(read_raw_labels(listed))
    except InvalidInput as error:
        raise InvalidInput(f"The sub-labels in the svg: {error.message}", hint=error.hint) from None
    if len(labels) != len(items):
        raise InvalidInput("The sub-labels in the svg: one of them is marked as deleted.")
    return {
        number: msgspec.structs.replace(label, type="points") if label.type == "any" else label
        for number, label in zip(items, labels, strict=True)
    }

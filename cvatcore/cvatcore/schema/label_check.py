"""What is wrong with a list of labels: each finding has its place and its reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import get_args

import msgspec

from cvatcore.errors import InvalidInput
from cvatcore.schema.attribute_value import MAX_VALUE, range_problem, value_problem
from cvatcore.schema.label import Attribute, InputType, Label, LabelType, name_problem
from cvatcore.schema.label_color import COLOR
from cvatcore.schema.skeleton import read_svg, sublabels_problem

LABEL_TYPES: tuple[LabelType, ...] = get_args(LabelType)
INPUT_TYPES: tuple[InputType, ...] = get_args(InputType)

MAX_DEFAULT = 128
"""CVAT's limit on the default value of an attribute, in characters."""


class LabelProblem(msgspec.Struct, frozen=True):
    """One thing that is wrong with a list of labels."""

    place: str
    """The field, counted from 0: `[2].attributes[0].default_value`."""
    reason: str
    """A sentence that names the label."""


def label_problems(labels: Sequence[Label]) -> list[LabelProblem]:
    """Everything that is wrong with the labels of a task or project, in their order."""
    return [LabelProblem(place, reason) for place, reason in (*_siblings(labels, "", "label"), *_ids(labels))]


def check_labels(labels: Sequence[Label], *, known: Sequence[Label] = (), where: str | None = None) -> None:
    """Refuse labels that no task should have.

    Args:
        labels: all labels of a task or project.
        known: the labels before a change: what was wrong with them already is no reason to refuse it.
        where: what the places in messages begin with, like the name of a file; without it they name none.

    Errors: InvalidInput for the first problem.
    """
    before = {problem.reason for problem in label_problems(known)}
    for problem in label_problems(labels):
        if problem.reason not in before:
            place = "" if where is None else f"{where}{problem.place}: "
            raise InvalidInput(f"{place}{problem.reason}")


Found = Iterator[tuple[str, str]]


def _siblings(labels: Sequence[Label], place: str, kind: str) -> Found:
    names: dict[str, str] = {}
    for index, label in enumerate(labels):
        here = f"{place}[{index}]"
        if problem := name_problem(label.name):
            yield f"{here}.name", f"The name of the {kind} {label.name!r} {problem}."
        if label.name in names:
            yield f"{here}.name", f"The {kind} {label.name!r} is there twice."
        names[label.name] = label.name
    for index, label in enumerate(labels):
        here = f"{place}[{index}]"
        for number, alias in enumerate(label.aliases):
            if alias in names:
                owner = f"a name of the {kind} {names[alias]!r}"
                yield f"{here}.aliases[{number}]", f"The former name {alias!r} of the {kind} {label.name!r} is {owner}."
            names.setdefault(alias, label.name)
        yield from _label(label, here, f"The {kind} {label.name!r}", kind)


def _label(label: Label, here: str, who: str, kind: str) -> Found:
    if not COLOR.match(label.color):
        yield f"{here}.color", f"{who} has the colour {label.color!r}, not one like #00ff80."
    if label.type not in LABEL_TYPES:
        yield f"{here}.type", f"{who} has the type {label.type!r}, not one of: {', '.join(LABEL_TYPES)}."
    elif label.type != "skeleton":
        if label.sublabels or label.svg:
            yield f"{here}.type", f"{who} has joints, which only a skeleton has."
    elif kind != "label":
        yield f"{here}.type", f"{who} is a skeleton, which no part of a skeleton can be."
    else:
        yield from _skeleton(label, here, who)
    yield from _attributes(label.attributes, f"{here}.attributes", who)


def _skeleton(label: Label, here: str, who: str) -> Found:
    if not label.sublabels:
        yield f"{here}.sublabels", f"{who} is a skeleton without joints."
        return
    yield from _siblings(label.sublabels, f"{here}.sublabels", "sub-label")
    try:
        problem = sublabels_problem(read_svg(label.svg), [joint.name for joint in label.sublabels])
    except InvalidInput as error:
        yield f"{here}.svg", f"{who}: {error.message}"
    else:
        if problem:
            yield f"{here}.svg", f"{who} {problem}."


def _attributes(attributes: Iterable[Attribute], place: str, who: str) -> Found:
    names: set[str] = set()
    for index, attribute in enumerate(attributes):
        here, what = f"{place}[{index}]", f"{who} has the attribute {attribute.name!r}, which"
        if problem := name_problem(attribute.name):
            yield f"{here}.name", f"{who} has an attribute whose name {attribute.name!r} {problem}."
        if attribute.name in names:
            yield f"{here}.name", f"{who} has the attribute {attribute.name!r} twice."
        names.add(attribute.name)
        if attribute.input_type not in INPUT_TYPES:
            kinds = ", ".join(INPUT_TYPES)
            yield f"{here}.input_type", f"{what} is of the type {attribute.input_type!r}, not one of: {kinds}."
            continue
        yield from ((f"{here}.values{inner}", f"{what} {problem}.") for inner, problem in _values(attribute))
        if problem := _default_problem(attribute):
            yield f"{here}.default_value", f"{what} {problem}."


def _values(attribute: Attribute) -> Found:
    seen: set[str] = set()
    for number, value in enumerate(attribute.values):
        if len(value) > MAX_VALUE:
            yield f"[{number}]", f"has a value of more than {MAX_VALUE} characters"
        elif value in seen and attribute.input_type in {"select", "radio"}:
            yield f"[{number}]", f"has the value {value!r} twice"
        elif attribute.input_type == "checkbox" and value_problem(attribute, value):
            yield f"[{number}]", f"has the value {value!r}, where true or false belongs"
        seen.add(value)
    if attribute.input_type in {"select", "radio"} and not attribute.values:
        yield "", "has no values to choose from"
    if attribute.input_type == "number" and (problem := range_problem(attribute.values)):
        yield "", problem


def _default_problem(attribute: Attribute) -> str:
    default = attribute.default_value
    if len(default) > MAX_DEFAULT:
        return f"has a default value of more than {MAX_DEFAULT} characters"
    if attribute.input_type in {"select", "radio"} and not attribute.values:
        return ""  # Said already.
    problem = value_problem(attribute, default)
    return f"has the default value {default!r}, which {problem}" if problem else ""


def _ids(labels: Sequence[Label]) -> Found:
    """Numbers that two labels, or two attributes, share; 0 is not a number yet."""
    label_ids: set[int] = set()
    attribute_ids: set[int] = set()
    for here, label in _all(labels):
        if label.id and label.id in label_ids:
            yield f"{here}.id", f"The label {label.name!r} has the id {label.id}, which another one has."
        label_ids.add(label.id)
        for index, attribute in enumerate(label.attributes):
            if attribute.id and attribute.id in attribute_ids:
                where = f"{here}.attributes[{index}].id"
                reason = f"The attribute {attribute.name!r} of the label {label.name!r}"
                yield where, f"{reason} has the id {attribute.id}, which another one has."
            attribute_ids.add(attribute.id)


def _all(labels: Sequence[Label]) -> Iterator[tuple[str, Label]]:
    for index, label in enumerate(labels):
        yield f"[{index}]", label
        for number, joint in enumerate(label.sublabels):
            yield f"[{index}].sublabels[{number}]", joint

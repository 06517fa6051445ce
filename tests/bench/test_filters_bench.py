"""Filtering 100,000 shapes by three rules, against an interpreter that walks the document for each of them."""

import time
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from cvatcore.filters import compile_filter, object_fields, parse_filter, present_names, shape_subject
from cvatcore.schema import Attribute, Label, Shape

pytestmark = pytest.mark.bench

SHAPES = 100_000
LABELS = (
    Label(
        id=1,
        name="car",
        color="#f00",
        attributes=(Attribute(id=1, name="colour", input_type="select", values=("red", "blue"), default_value="red"),),
    ),
    Label(id=2, name="person", color="#00f"),
)
FILTER = {
    "and": [
        {"in": [{"var": "label"}, ["car", "bus"]]},
        {"<=": [10, {"var": "width"}, 60]},
        {"!=": [{"var": "attr.car.colour"}, "blue"]},
    ]
}


def apply(logic: Any, data: dict[str, Any]) -> Any:
    """JSON-logic as its specification reads, one call a node."""
    if not isinstance(logic, dict):
        return [apply(item, data) for item in logic] if isinstance(logic, list) else logic
    ((op, given),) = logic.items()
    if op == "and":
        return all(apply(rule, data) for rule in given)
    if op == "var":
        found: Any = data
        for part in given.split("."):
            found = found.get(part) if isinstance(found, dict) else None
        return found
    values = [apply(item, data) for item in given]
    if op == "in":
        return values[0] in values[1]
    if op == "<=":
        return values[0] <= values[1] <= values[2]
    return values[0] != values[1]


def as_data(shape: Shape) -> dict[str, Any]:
    left, top, right, bottom = shape.points
    values = {"colour": "red", **shape.attributes}
    return {
        "label": shape.label,
        "type": "shape",
        "shape": shape.type,
        "occluded": shape.occluded,
        "width": right - left,
        "height": bottom - top,
        "serverID": shape.id,
        "attr": {shape.label: values},
    }


def seconds(call: Callable[[], list[int]]) -> tuple[float, list[int]]:
    start = time.perf_counter()
    found = call()
    return time.perf_counter() - start, found


def test_a_hundred_thousand_shapes(benchmark: Callable[..., object]) -> None:
    chance = Random(1)
    shapes = [
        Shape(
            frame=number // 20,
            id=number + 1,
            type="rectangle",
            label=chance.choice(["car", "car", "person"]),
            points=(10.0, 10.0, 10.0 + chance.randrange(100), 90.0),
            attributes={"colour": chance.choice(["red", "blue"])} if number % 2 else {},
        )
        for number in range(SHAPES)
    ]
    import msgspec

    text = msgspec.json.encode(FILTER)
    names = present_names(LABELS)

    def ours() -> list[int]:
        passes = compile_filter(parse_filter(text), object_fields(LABELS))
        return [shape.id for shape in shapes if passes(shape_subject(shape, names=names))]

    def naive() -> list[int]:
        return [shape.id for shape in shapes if apply(FILTER, as_data(shape))]

    ours_first, found = seconds(ours)
    peer, expected = seconds(naive)
    assert found == expected
    assert 0 < len(found) < SHAPES
    taken = min(ours_first, seconds(ours)[0])
    benchmark(ours)
    print(
        f"\nfilter {SHAPES} shapes by 3 rules: {taken:.3f} s; naive interpreter: {peer:.3f} s; ratio {peer / taken:.1f}"
    )

"""What is said of wrong fields, for each type of field, against what the decoder refuses."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.protocol import JobPatch, LabeledData
from cvatd.field_checks import find_errors


class Inner(msgspec.Struct, kw_only=True):
    count: Annotated[int, msgspec.Meta(ge=0)]
    angle: Annotated[float, msgspec.Meta(ge=0, le=360)] = 0.0
    name: Annotated[str, msgspec.Meta(max_length=3)] = ""
    flag: bool = False
    kind: Literal["a", "b"] = "a"
    group: Annotated[int, msgspec.Meta(ge=0)] | None = None
    points: list[float] = []
    ids: list[int] = []


class Outer(msgspec.Struct, kw_only=True):
    items: list[Inner] = []
    one: Inner | msgspec.UnsetType = msgspec.UNSET


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"count": -1}, {"count": ["Ensure this value is greater than or equal to 0."]}),
        ({"count": None}, {"count": ["This field may not be null."]}),
        ({"count": True}, {"count": ["A valid integer is required."]}),
        ({"count": 1.5}, {"count": ["A valid integer is required."]}),
        ({"count": "x"}, {"count": ["A valid integer is required."]}),
        ({"angle": 360.5}, {"angle": ["Ensure this value is less than or equal to 360."]}),
        ({"angle": -0.5}, {"angle": ["Ensure this value is greater than or equal to 0."]}),
        ({"angle": "x"}, {"angle": ["A valid number is required."]}),
        ({"name": "abcd"}, {"name": ["Ensure this field has no more than 3 characters."]}),
        ({"name": 5}, {"name": ["Not a valid string."]}),
        ({"flag": "yes"}, {"flag": ["Must be a valid boolean."]}),
        ({"flag": None}, {"flag": ["This field may not be null."]}),
        ({"kind": "c"}, {"kind": ['"c" is not a valid choice.']}),
        ({"kind": ["a"]}, {"kind": ["\"['a']\" is not a valid choice."]}),
        ({"group": -2}, {"group": ["Ensure this value is greater than or equal to 0."]}),
        ({"group": "x"}, {"group": ["A valid integer is required."]}),
        ({"points": [1, "x", 2.5, None]}, {"points": {n: ["Value must be a float or an integer"] for n in (1, 3)}}),
        ({"points": "x"}, {"points": ['Expected a list of items but got type "str".']}),
        ({"points": None}, {"points": ["This field may not be null."]}),
        ({"ids": [1, "x"]}, {"ids": {1: ["A valid integer is required."]}}),
        (
            {"count": "x", "angle": 400, "flag": 3},
            {
                "count": ["A valid integer is required."],
                "angle": ["Ensure this value is less than or equal to 360."],
                "flag": ["Must be a valid boolean."],
            },
        ),
    ],
)
def test_each_type_of_field(fields: dict[str, Any], errors: dict[str, Any]) -> None:
    wrong = {"count": 1, **fields}
    assert find_errors(wrong, Inner) == errors
    good = {"count": 1, "group": None, "extra": "ignored"}
    assert find_errors({"items": [good, wrong, good]}, Outer) == {"items": [{}, errors, {}]}
    assert find_errors({"items": [good], "one": wrong}, Outer) == {"one": errors}


def test_containers_of_the_wrong_kind() -> None:
    def got(kind: str) -> dict[str, list[str]]:
        return {"non_field_errors": [f"Invalid data. Expected a dictionary, but got {kind}."]}

    assert find_errors([], Outer) == got("list")
    assert find_errors(None, Outer) == got("NoneType")
    assert find_errors({"items": [{"count": 1}, "x"]}, Outer) == {"items": [{}, got("str")]}
    assert find_errors({"items": 3}, Outer) == {
        "items": {"non_field_errors": ['Expected a list of items but got type "int".']}
    }
    assert find_errors({"items": [{}, {}]}, Outer) == {"items": [{"count": ["This field is required."]}] * 2}


def test_nothing_is_found_where_nothing_is_wrong() -> None:
    assert find_errors({"items": [{"count": 1}], "one": {"count": 0}}, Outer) is None
    assert find_errors({}, JobPatch) is None
    assert find_errors({"assignee": None, "state": "new"}, JobPatch) is None


odd = st.sampled_from(
    [None, True, -1, 3, 2.5, "x", "rectangle", [], {}, [1], ["x"], {"spec_id": 1}, [{"spec_id": "y"}]]
)
fields = [
    "id",
    "frame",
    "label_id",
    "type",
    "group",
    "source",
    "occluded",
    "z_order",
    "rotation",
    "points",
    "attributes",
]
items = st.dictionaries(st.sampled_from([*fields, "shapes", "elements"]), odd, max_size=6)
good = {"frame": 1, "label_id": 1, "type": "rectangle"}
lists = st.lists(items | items.map(lambda item: {**good, **item}), max_size=3)


@given(st.fixed_dictionaries({}, optional={"tags": lists, "shapes": lists, "tracks": lists, "version": odd}))
def test_it_finds_something_exactly_when_the_decoder_refuses(data: dict[str, Any]) -> None:
    try:
        msgspec.convert(data, LabeledData)
    except msgspec.ValidationError:
        refused = True
    else:
        refused = False
    assert (find_errors(data, LabeledData) is not None) == refused

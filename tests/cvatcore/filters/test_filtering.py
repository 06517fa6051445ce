"""Filters asked of objects: every operator of CVAT's dialog over every kind of field."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.errors import InvalidFilter
from cvatcore.filters import (
    FilterSubject,
    compile_filter,
    format_filter,
    object_fields,
    parse_filter,
    present_names,
    read_filter,
    shape_subject,
)
from cvatcore.schema import Attribute, Element, Label, Shape

CAR = Label(
    id=5,
    name="car",
    color="#f00",
    aliases=("auto",),
    attributes=(
        Attribute(id=1, name="colour", input_type="select", values=("red", "blue"), default_value="red"),
        Attribute(id=2, name="doors", input_type="number", values=("1", "9", "1"), default_value="4"),
        Attribute(id=3, name="parked", input_type="checkbox", default_value="false"),
        Attribute(id=4, name="plate no.", input_type="text"),
        Attribute(id=5, name="seats", input_type="number"),
    ),
)
DOTTED = Label(id=6, name="St. Bernard", color="#0f0", attributes=(Attribute(id=6, name="mood"),))
LABELS = (CAR, DOTTED, Label(id=7, name="person", color="#00f"))
FIELDS = object_fields(LABELS)

RED = FilterSubject(
    label="car",
    kind="shape",
    shape="rectangle",
    points=(10.0, 20.0, 40.0, 30.0),
    id=11,
    client_id=1,
    attributes={"doors": "2", "plate no.": "B-XY 1", "parked": "true"},
)
BLUE = FilterSubject(
    label="car",
    kind="track",
    shape="polygon",
    occluded=True,
    points=(0.0, 0.0, 5.0, 0.0, 5.0, 50.0),
    id=12,
    client_id=2,
    attributes={"colour": "blue", "doors": "x", "seats": "5"},
    rotation=30.0,
    score=0.5,
)
TAG = FilterSubject(label="person", kind="tag", id=13, client_id=3)
DOG = FilterSubject(label="St. Bernard", kind="shape", shape="mask", points=(0.0, 6.0, 1.0, 1.0, 3.0, 2.0), id=14)
ALL = (RED, BLUE, TAG, DOG)


def ids(document: object) -> list[int]:
    passes = compile_filter(read_filter(document), FIELDS)
    answers = [passes(subject) for subject in ALL]
    assert all(isinstance(answer, bool) for answer in answers)
    return [subject.id for subject, answer in zip(ALL, answers, strict=True) if answer]


def var(name: str) -> dict[str, str]:
    return {"var": name}


PLATE = var("attr.car.plate no\u2219")
DOORS = var("attr.car.doors")


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"==": [var("label"), "car"]}, [11, 12]),
        ({"==": [var("label"), "auto"]}, [11, 12]),
        ({"==": [var("label"), "label:5"]}, [11, 12]),
        ({"!=": [var("label"), "car"]}, [13, 14]),
        ({"in": [var("label"), ["person", "St. Bernard"]]}, [13, 14]),
        ({"!": {"in": [var("label"), ["person", "auto"]]}}, [14]),
        ({"in": [".", var("label")]}, [14]),
        ({"==": [var("type"), "tag"]}, [13]),
        ({"in": [var("type"), ["shape", "track"]]}, [11, 12, 14]),
        ({"==": [var("shape"), "polygon"]}, [12]),
        ({"!=": [var("shape"), "polygon"]}, [11, 13, 14]),
        ({"!": var("shape")}, [13]),
        ({"==": [var("occluded"), True]}, [12]),
        ({"==": [var("occluded"), False]}, [11, 13, 14]),
        ({"!=": [var("occluded"), True]}, [11, 13, 14]),
        ({"!!": var("occluded")}, [12]),
        ({">": [var("width"), 5]}, [11]),
        ({">=": [var("width"), 5]}, [11, 12]),
        ({"<": [var("width"), 5]}, [14]),
        ({"<=": [var("width"), "5"]}, [12, 14]),
        ({"==": [var("width"), 3]}, [14]),
        ({">": [20, var("width")]}, [12, 14]),
        ({"<=": [3, var("width"), 5]}, [12, 14]),
        ({"<": [3, var("width"), 5]}, []),
        ({"!": {"<=": [3, var("width"), 5]}}, [11, 13]),
        ({"!": var("width")}, [13]),
        ({"!!": var("width")}, [11, 12, 14]),
        ({">": [var("width"), var("height")]}, [11, 14]),
        ({"==": [var("width"), var("height")]}, []),
        ({"!=": [var("width"), var("height")]}, [11, 12, 13, 14]),
        ({"<=": [var("height"), var("width"), 100]}, [11, 14]),
        ({"==": [var("serverID"), 13]}, [13]),
        ({"in": [var("id"), [11, 14, "12"]]}, [11, 12, 14]),
        ({"<": [var("objectID"), 3]}, [11, 12]),
        ({"==": [var("clientID"), 14]}, [14]),
        ({">": [var("rotation"), 0]}, [12]),
        ({"==": [var("score"), None]}, [11, 13, 14]),
        ({"!=": [var("score"), None]}, [12]),
        ({"in": [var("score"), [None, 0.5]]}, [11, 12, 13, 14]),
        ({"==": [var("attr.car.colour"), "red"]}, [11]),
        ({"!=": [var("attr.car.colour"), "red"]}, [12, 13, 14]),
        ({"==": [var("attr.auto.colour"), "blue"]}, [12]),
        ({"==": [var("attr.label:5.colour"), "blue"]}, [12]),
        ({"in": [var("attr.car.colour"), ["blue", "green"]]}, [12]),
        ({"==": [DOORS, 2]}, [11]),
        ({"<": [DOORS, 5]}, [11]),
        ({"<=": [1, DOORS, 3]}, [11]),
        ({"!": DOORS}, [12, 13, 14]),
        ({"<": [DOORS, var("attr.car.seats")]}, []),
        ({">": [var("attr.car.seats"), 4]}, [12]),
        ({"<": [DOORS, var("width")]}, [11]),
        ({"==": [var("attr.car.parked"), True]}, [11]),
        ({"==": [var("attr.car.parked"), False]}, [12]),
        ({"in": ["XY", PLATE]}, [11]),
        ({"!": {"in": ["XY", PLATE]}}, [12, 13, 14]),
        ({"startsWith": [PLATE, "B-"]}, [11]),
        ({"endsWith": [PLATE, " 1"]}, [11]),
        ({"endsWith": [PLATE, "B"]}, []),
        ({"startsWith": [PLATE, var("attr.car.colour")]}, []),
        ({"in": [var("attr.car.colour"), var("attr.car.colour")]}, [11, 12]),
        ({"!": PLATE}, [12, 13, 14]),
        ({"!!": PLATE}, [11]),
        ({"==": [var("attr.car.plate no."), "B-XY 1"]}, [11]),
        ({"==": [var("attr.St\u2219 Bernard.mood"), ""]}, [14]),
        ({"and": [{"==": [var("label"), "car"]}, {">": [var("width"), 10]}]}, [11]),
        ({"or": [{"==": [var("type"), "tag"]}, {">": [var("width"), 10]}]}, [11, 13]),
        ({"!": {"or": [{"==": [var("type"), "tag"]}, {">": [var("width"), 10]}]}}, [12, 14]),
        ({"and": [var("label"), var("id"), {"!!": var("shape")}, {"<": [var("id"), 14]}]}, [11, 12]),
        ({"or": [{"==": [var("id"), n]} for n in (11, 13, 14)]}, [11, 13, 14]),
    ],
)
def test_every_operator(document: object, expected: list[int]) -> None:
    assert ids(document) == expected
    # What is written of it means the same.
    passes = compile_filter(parse_filter(format_filter(read_filter(document))), FIELDS)
    assert [subject.id for subject in ALL if passes(subject)] == expected


@pytest.mark.parametrize(
    ("document", "fault", "place", "words"),
    [
        ({"==": [var("lable"), "car"]}, "field", "==[0]", "mean 'label'"),
        ({"and": [{"!": var("attr.bus.colour")}]}, "field", "and[0].!", "attr.bus.colour"),
        ({"<": [var("width"), var("size")]}, "field", "<[1]", "'size'"),
        ({"<": [var("label"), "car"]}, "type", "<[0]", "no order"),
        ({"<=": [1, var("occluded"), 2]}, "type", "<=[1]", "no order"),
        ({"==": [var("occluded"), "true"]}, "type", "==[1]", "'true'"),
        ({"==": [var("label"), False]}, "type", "==[1]", "false"),
        ({"==": [var("width"), "wide"]}, "type", "==[1]", "'wide'"),
        ({"==": [var("width"), "nan"]}, "type", "==[1]", "'nan'"),
        ({"<": [var("width"), None]}, "type", "<[1]", "null"),
        ({"<": [True, var("width")]}, "type", "<[0]", "true"),
        ({"<=": [1, var("width"), var("label")]}, "type", "<=[2]", "'label' is a text"),
        ({"==": [var("width"), var("label")]}, "type", "==[1]", "'width' is a number"),
        ({"in": ["1", var("width")]}, "type", "in[1]", "no text"),
        ({"startsWith": [var("shape"), var("width")]}, "type", "startsWith[1]", "no text"),
        ({"in": [var("id"), [1, "x"]]}, "type", "in[1][1]", "'x'"),
    ],
)
def test_wrong_fields_and_types_are_named_with_their_place(
    document: object, fault: str, place: str, words: str
) -> None:
    with pytest.raises(InvalidFilter) as caught:
        compile_filter(read_filter(document), FIELDS)
    assert (caught.value.fault, caught.value.place) == (fault, place)
    assert words in f"{caught.value.message} {caught.value.hint}"


def test_a_shape_as_filters_see_it() -> None:
    knees = tuple(
        Element(id=n, type="points", label=f"k{n}", points=(10.0 * n, 5.0 * n), outside=n == 2) for n in range(3)
    )
    body = Shape(frame=0, id=9, type="skeleton", label="auto", elements=knees)
    subject = shape_subject(body, kind="track", names=present_names(LABELS))
    assert (subject.label, subject.kind, subject.shape) == ("car", "track", "skeleton")
    assert (subject.width, subject.height) == (20.0, 10.0)
    tag = shape_subject(Shape(frame=0, id=9, type="tag", label="car"))
    assert (tag.kind, tag.shape, tag.width, tag.height) == ("tag", None, None, None)


@pytest.mark.parametrize(
    ("kind", "points", "expected"),
    [
        ("rectangle", (5.0, 1.0, 2.0, 8.0), (3.0, 7.0)),
        ("ellipse", (10.0, 10.0, 14.0, 7.0), (8.0, 6.0)),
        ("mask", (3.0, 9.0, 2.0, 2.0, 5.0, 4.0), (4.0, 3.0)),
        ("points", (1.0, 1.0), (0.0, 0.0)),
        ("polyline", (1.0, 1.0, -4.0, 9.0), (5.0, 8.0)),
        ("cuboid", tuple(float(n) for n in range(16)), (14.0, 14.0)),
        ("mask", (1.0, 2.0), (0.0, 0.0)),
        ("polygon", (), (None, None)),
    ],
)
def test_width_and_height_are_those_of_the_points(
    kind: str, points: tuple[float, ...], expected: tuple[float | None, float | None]
) -> None:
    subject = FilterSubject(label="car", kind="shape", shape=kind, points=points, rotation=45.0)
    assert (subject.width, subject.height) == expected


def test_former_names_yield_to_present_ones() -> None:
    labels = (Label(id=1, name="a", color="#0", aliases=("b",)), Label(id=2, name="b", color="#1"))
    assert present_names(labels) == {}
    passes = compile_filter(read_filter({"==": [var("label"), "b"]}), object_fields(labels))
    assert passes(FilterSubject(label="b", kind="tag"))
    assert not passes(FilterSubject(label="a", kind="tag"))


# --- against plain arithmetic -----------------------------------------------------------------------------------------

subjects = st.builds(
    FilterSubject,
    label=st.sampled_from(["car", "person"]),
    kind=st.sampled_from(["shape", "track", "tag"]),
    shape=st.none() | st.sampled_from(["rectangle", "polygon"]),
    occluded=st.booleans(),
    points=st.just(()) | st.tuples(*[st.integers(0, 5).map(float)] * 4),
    id=st.integers(1, 5),
    attributes=st.dictionaries(st.sampled_from(["doors", "colour"]), st.sampled_from(["1", "2", "blue", ""])),
)


@given(subjects, st.sampled_from(["width", "height", "id", "attr.car.doors"]), st.integers(0, 5), st.integers(0, 5))
def test_orders_are_those_of_numbers(subject: FilterSubject, name: str, low: int, high: int) -> None:
    value: Any = FIELDS[name].read(subject)

    def passes(document: object) -> bool:
        return compile_filter(read_filter(document), FIELDS)(subject)

    present = value is not None
    assert passes({"<": [var(name), low]}) == (present and value < low)
    assert passes({"<=": [var(name), low]}) == (present and value <= low)
    assert passes({">": [var(name), low]}) == (present and value > low)
    assert passes({">=": [var(name), low]}) == (present and value >= low)
    assert passes({"==": [var(name), low]}) == (present and value == low)
    assert passes({"!=": [var(name), low]}) == (not present or value != low)
    assert passes({"<=": [low, var(name), high]}) == (present and low <= value <= high)
    assert passes({"in": [var(name), [low, high]]}) == (present and value in (low, high))


@given(subjects, st.lists(st.booleans(), min_size=1, max_size=6), st.booleans())
def test_groups_and_opposites_are_those_of_logic(subject: FilterSubject, parts: list[bool], turned: bool) -> None:
    """Rules that are known to hold or not, put together in every number that the compiler unrolls."""
    rules = [{"==" if part else "!=": [var("id"), subject.id]} for part in parts]
    for op, whole in (("and", all(parts)), ("or", any(parts))):
        document: dict[str, Any] = {op: rules}
        if turned:
            document = {"!": document}
        assert compile_filter(read_filter(document), FIELDS)(subject) == (whole != turned)


def test_subjects_are_outside_the_garbage_collector() -> None:
    import gc

    assert not gc.is_tracked(msgspec.structs.replace(RED, attributes={}))

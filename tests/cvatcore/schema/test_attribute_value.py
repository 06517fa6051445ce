"""Values of attributes."""

import pytest

from cvatcore.schema import Attribute
from cvatcore.schema.attribute_value import number_range, range_problem, value_problem

SELECT = Attribute(id=1, name="a", input_type="select", values=("red", "blue", "__undefined__"))
RADIO = Attribute(id=1, name="a", input_type="radio", values=("", "x"))
CHECKBOX = Attribute(id=1, name="a", input_type="checkbox")
TEXT = Attribute(id=1, name="a")


def number(*values: str) -> Attribute:
    return Attribute(id=1, name="a", input_type="number", values=values)


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        (SELECT, "red"),
        (SELECT, "__undefined__"),
        (RADIO, ""),
        (CHECKBOX, "true"),
        (CHECKBOX, "False"),
        (TEXT, ""),
        (TEXT, "x" * 4096),
        (number("0", "10", "2"), "4"),
        (number("0", "10", "2"), "4.0"),
        (number("0;10;2"), "10"),
        (number("0", "1", "0.1"), "0.3"),
        (number("-5", "5", "2"), "-3"),
        (number("1"), "anything but a broken range is no fault of the value: 7".rpartition(" ")[2]),
        (number("-1e400", "1e400", "1"), "12345678901234567890123456789012345678901234567890"),
    ],
)
def test_allowed(attribute: Attribute, value: str) -> None:
    assert value_problem(attribute, value) == ""


@pytest.mark.parametrize(
    ("attribute", "value", "says"),
    [
        (SELECT, "green", "red, blue"),
        (SELECT, "", "not among"),
        (RADIO, "y", "not among"),
        (CHECKBOX, "yes", "neither true nor false"),
        (CHECKBOX, "", "neither"),
        (TEXT, "x" * 4097, "4096"),
        (number("0", "10", "2"), "3", "steps of 2"),
        (number("0", "10", "2"), "12", "0 to 10"),
        (number("0", "10", "2"), "-2", "0 to 10"),
        (number("0", "10", "2"), "two", "no number"),
        (number("0", "10", "2"), "nan", "no number"),
        (number("0", "10", "2"), "inf", "no number"),
        (number("0", "10", "2"), "", "no number"),
    ],
)
def test_not_allowed(attribute: Attribute, value: str, says: str) -> None:
    assert says in value_problem(attribute, value)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ((), "0 values"),
        (("1", "2"), "2 values"),
        (("1;2;3;4",), "4 values"),
        (("1", "x", "1"), "'x'"),
        (("1", "inf", "1"), "'inf'"),
        (("5", "1", "1"), "starts at 5, above 1"),
        (("1", "5", "0"), "step 0"),
        (("1", "5", "-1"), "step -1"),
    ],
)
def test_ranges_that_are_none(values: tuple[str, ...], says: str) -> None:
    assert says in range_problem(values)
    assert number_range(values) is None


@pytest.mark.parametrize("values", [("1", "4", "1"), ("1;4;1",), (" 1 ", "1", "1"), ("-0.5", "0.5", "1e-3")])
def test_ranges(values: tuple[str, ...]) -> None:
    assert range_problem(values) == ""
    assert number_range(values) is not None

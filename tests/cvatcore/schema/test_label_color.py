"""The colour of a label that nobody chose one for."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.schema import default_color
from cvatcore.schema.label_color import indexed_color, normalized_name
from cvatcore.schema.label_color_names import NAMES

names = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@pytest.mark.parametrize(
    ("name", "color"),
    [
        ("background", "#000000"),
        ("accordion", "#800000"),
        ("bicycle", "#004040"),
        ("car", "#2080c0"),
        ("Car", "#2080c0"),
        ("person", "#c06060"),
        ("traffic light", "#d0a000"),
        ("Traffic-Light", "#d0a000"),
        ("potted  plant", "#a0e0a0"),
        ("zucchini", "#b0e000"),
    ],
)
def test_known_names_have_a_colour_of_their_own(name: str, color: str) -> None:
    assert default_color(name) == color


def test_the_list_of_known_names_is_whole() -> None:
    assert len(NAMES) == len(set(NAMES)) == 724
    assert [*NAMES[1:]] == sorted(NAMES[1:])
    assert all(normalized_name(name) == name for name in NAMES)
    assert {name: NAMES.index(name) for name in ("door_handle", "goat", "salad", "tire")} == {
        "door_handle": 192,
        "goat": 256,
        "salad": 512,
        "tire": 640,
    }


def test_other_names_have_the_colour_of_their_digest() -> None:
    # blake2s("widget", 3 bytes) is ea eb 30; its bits, from the lowest, go to red, green and blue in turn.
    bits = [0xEAEB30 >> place & 1 for place in range(24)]
    red, green, blue = (int("".join(map(str, bits[channel::3])), 2) for channel in range(3))
    assert default_color("widget") == f"#{red:02x}{green:02x}{blue:02x}" == "#154b7d"
    assert default_color("Wídget!") == default_color("widget")


def test_the_colour_map_is_that_of_pascal_voc() -> None:
    first = [(0, 0, 0), (128, 0, 0), (0, 128, 0), (128, 128, 0), (0, 0, 128), (128, 0, 128), (0, 128, 128)]
    assert [indexed_color(number) for number in range(7)] == first
    assert indexed_color(20) == (0, 64, 128)  # tvmonitor, the last class of VOC
    assert indexed_color(255) == (224, 224, 192)
    assert indexed_color(2**24 - 1) == (255, 255, 255)


def test_a_colour_that_is_taken_gets_lighter_then_darker() -> None:
    car = default_color("car")
    assert default_color("car", taken=[car]) == "#368cc6"
    assert default_color("car", taken=[car, "#368cc6"]) == "#4c99cc"
    tints = [car]
    for _ in range(19):
        tints.append(default_color("car", taken=tints))
    assert len(set(tints)) == 20
    assert default_color("car", taken=["red", "#368CC6"]) == car, "only this colour, in this form, is in the way"


@given(names, st.lists(st.integers(0, 2**24 - 1).map(lambda number: f"#{number:06x}"), max_size=3))
def test_colours_are_the_same_everywhere_and_avoid_others(name: str, others: list[str]) -> None:
    color = default_color(name, taken=others)
    assert re.fullmatch("#[0-9a-f]{6}", color)
    assert color == default_color(name, taken=others)
    assert color not in others

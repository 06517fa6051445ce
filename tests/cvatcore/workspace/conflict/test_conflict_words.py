"""Fields and values of conflicts in words."""

import pytest

from cvatcore.workspace.conflict.conflict_words import LONGEST, field_in_words, value_in_words


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("points", "position"),
        ("z_order", "layer"),
        ("attributes.make.year", "attribute make.year"),
        ("elements.12.points", "joint 12: position"),
        ("elements.12", "joint 12"),
        ("labels.3.color", "label 3: color"),
        ("labels.3.attributes.5.default_value", "label 3: attribute 5: default value"),
        ("members.ann.role", "member ann: role"),
        ("save.amend_seconds", "save: amend seconds"),
        ("data.deleted_frames", "deleted frames"),
    ],
)
def test_fields(field: str, words: str) -> None:
    assert field_in_words(field) == words


@pytest.mark.parametrize(
    ("field", "value", "type", "words"),
    [
        ("occluded", True, "", "yes"),
        ("score", None, "", "-"),
        ("score", 0.25, "", "0.25"),
        ("subset", "", "", "(empty)"),
        ("message", "two\nlines", "", "two lines"),
        ("points", [1.0, 2.0, 3.5, 4.0], "rectangle", "1, 2 – 3.5, 4"),
        ("points", [5.0, 5.0, 8.0, 1.0], "ellipse", "2, 1 – 8, 9"),
        ("points", [0.0, 0.0, 4.0, 0.0, 4.0, 4.0], "polygon", "3 points in 0, 0 – 4, 4"),
        ("points", [7.0, 9.0], "points", "7, 9"),
        ("points", [0.0, 4.0, 10.0, 20.0, 11.0, 21.0], "mask", "mask in 10, 20 – 12, 22"),
        ("points", [1.0, 2.0, 3.0, 0.0, 0.0, 0.5, 4.0, 4.0, 4.0, *[0.0] * 7], "cuboid", "at 1, 2, 3"),
        ("points", [], "polygon", "(none)"),
        ("points", ["x"], "polygon", "x"),
        ("data.deleted_frames", [3, 4], "", "3, 4"),
        ("labels.3", {"id": 3, "name": "car"}, "", "car"),
        ("save", {"amend_seconds": 3}, "", "amend_seconds 3"),
    ],
)
def test_values(field: str, value: object, type: str, words: str) -> None:
    assert value_in_words(field, value, type=type) == words


def test_what_is_long_is_cut() -> None:
    assert len(value_in_words("message", "x" * 500)) == LONGEST
    assert value_in_words("x", ["word"] * 200).endswith("…")

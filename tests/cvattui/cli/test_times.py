"""Lengths of time as people write them."""

import pytest

from cvatcore.errors import InvalidInput
from cvattui.cli.times import parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"), [("2s", 2.0), ("500ms", 0.5), ("1.5", 1.5), (" 1 m ", 60.0), ("2H", 7200.0), ("0", 0.0)]
)
def test_lengths(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "s", "-1s", "1d", "nan", "1e3", "1..5s", "9" * 30])
def test_what_is_none(text: str) -> None:
    with pytest.raises(InvalidInput, match="no length of time"):
        parse_duration(text)

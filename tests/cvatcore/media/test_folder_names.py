"""What folders of media are called."""

from pathlib import Path

import pytest

from cvatcore.media.folder_names import folder_name, free_name


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("street", "street"),
        ("far away/../etc", "far-away-..-etc"),
        ("...", "downloads"),
        ("  Straße №7 ", "Straße-7"),
        ("x" * 300, "x" * 60),
        ("con:a?b*", "con-a-b"),
    ],
)
def test_names_that_every_system_can_have(title: str, wanted: str) -> None:
    assert folder_name(title, default="downloads") == wanted


def test_a_free_name_is_that_or_one_like_it(tmp_path: Path) -> None:
    made = []
    for _ in range(3):
        place = free_name(tmp_path, wanted="street")
        place.mkdir()
        made.append(place.name)
    assert made == ["street", "street-2", "street-3"]

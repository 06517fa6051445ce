"""What names say of files."""

import pytest

from cvatcore.media.kinds import is_temporary


@pytest.mark.parametrize(
    "name",
    [".a.jpg", "x/.a.jpg", "a.jpg.part", "a.JPG.TMP", "a.tmp.jpg", "a.jpg~", "a~.jpg", "~$a.jpg", "a.crdownload"],
)
def test_temporary_names(name: str) -> None:
    assert is_temporary(name)


@pytest.mark.parametrize("name", ["a.jpg", "part.jpg", "tmp/a.jpg", "apartment.jpg", "a.b.jpg", "a~b.jpg"])
def test_other_names(name: str) -> None:
    assert not is_temporary(name)

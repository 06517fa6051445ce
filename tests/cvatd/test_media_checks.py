from __future__ import annotations

import pytest

from cvatcore.errors import InvalidDocument, InvalidInput
from cvatd.media_checks import check_media, words_of_manifest


@pytest.mark.parametrize(
    ("names", "sorting", "said"),
    [
        (["a.png", "b/c.jpg", "film.MP4"], "natural", "Only one video or many images .* 2 image.* 1 video.* found"),
        (["a.mp4", "b.mp4"], "natural", r"2 video\(s\) found"),
        (["a.mp4", "b.zip"], "natural", r"but 1 archive\(s\), 1 video\(s\) found"),
        (["m.jsonl", "a.png", "n.jsonl"], "natural", "Only one manifest file can be attached to data"),
        (["m.jsonl", "a.png"], "random", "It isn't supported to upload manifest file and use random sorting"),
    ],
)
def test_files_that_do_not_go_together(names: list[str], sorting: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        check_media(names, sorting=sorting)


@pytest.mark.parametrize("names", [[], ["a.png", "b.zip", "c.pdf"], ["film.mp4"], ["film.mp4", "m.jsonl"], ["day/"]])
def test_files_that_do(names: list[str]) -> None:
    check_media(names, sorting="natural")


def test_the_fault_of_a_manifest_is_named() -> None:
    assert words_of_manifest(InvalidDocument("x", path="a/m.jsonl")) == "Invalid manifest was uploaded. "
    assert words_of_manifest(InvalidDocument("x", path="task.json")) == ""

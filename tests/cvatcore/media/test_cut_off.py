"""Pictures that end too early are refused when a task is made; what comes after a whole one does no harm."""

import io
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image

from cvatcore.errors import InvalidMedia
from cvatcore.media import scan
from kit import samples

NOISE = np.random.default_rng(1).integers(0, 255, (400, 500, 3), np.uint8)

CASES: list[tuple[str, dict[str, Any]]] = [
    ("a.jpg", {"quality": 50}),
    ("a.jpg", {"quality": 98}),
    ("a.jpg", {"quality": 98, "progressive": True}),
    ("a.png", {}),
]


def written(folder: Path, name: str, options: dict[str, Any]) -> bytes:
    Image.fromarray(NOISE).save(folder / name, **options)
    return (folder / name).read_bytes()


@pytest.mark.parametrize(("name", "options"), CASES)
@pytest.mark.parametrize("lost", [1, 2, 20, 0.1, 0.5, 0.9])
def test_a_cut_picture_is_named(tmp_path: Path, name: str, options: dict[str, Any], lost: float) -> None:
    content = written(tmp_path, name, options)
    assert scan([tmp_path], root=tmp_path).manifest.frame_size(0) == (500, 400)
    keep = len(content) - (int(lost) if lost >= 1 else int(lost * len(content)))
    (tmp_path / name).write_bytes(content[:keep])
    if name == "a.jpg" and lost <= 2 and lost >= 1:
        return  # only the mark at its end is missing, and all pixels are there
    with pytest.raises(InvalidMedia) as caught:
        scan([tmp_path], root=tmp_path)
    assert caught.value.message == f"{tmp_path / name} is cut off: its header is whole, its pixels are not."


@pytest.mark.parametrize(("name", "options"), CASES)
@pytest.mark.parametrize("after", [b"\0", bytes(70_000), random.Random(1).randbytes(100_000), b"SEFT"])
def test_what_comes_after_does_no_harm(tmp_path: Path, name: str, options: dict[str, Any], after: bytes) -> None:
    content = written(tmp_path, name, options)
    (tmp_path / name).write_bytes(content + after)
    assert scan([tmp_path], root=tmp_path).manifest.size == 1


def test_a_small_photo_whose_preview_is_whole(tmp_path: Path) -> None:
    """A camera's preview lies in the header, and ends as a picture does."""
    preview = io.BytesIO()
    Image.fromarray(NOISE[:80, :100]).save(preview, "JPEG")
    exif = Image.Exif()
    exif[0x927C] = preview.getvalue()
    content = written(tmp_path, "a.jpg", {"quality": 20, "exif": exif})
    assert preview.getvalue() in content
    assert len(content) < 1 << 16
    (tmp_path / "a.jpg").write_bytes(content[:-500])
    with pytest.raises(InvalidMedia, match=r"a\.jpg is cut off"):
        scan([tmp_path], root=tmp_path)


def test_a_picture_of_few_pixels(tmp_path: Path) -> None:
    Image.fromarray(NOISE[:3, :5]).save(tmp_path / "a.jpg")
    content = (tmp_path / "a.jpg").read_bytes()
    (tmp_path / "a.jpg").write_bytes(content[:-8])
    with pytest.raises(InvalidMedia, match=r"a\.jpg is cut off"):
        scan([tmp_path], root=tmp_path)
    (tmp_path / "a.jpg").write_bytes(content + b"SEFT")
    assert scan([tmp_path], root=tmp_path).manifest.size == 1


def test_a_download_that_was_filled_with_zeros(tmp_path: Path) -> None:
    content = samples.photo("rocket.jpg").read_bytes()
    (tmp_path / "a.jpg").write_bytes(content[: len(content) // 2] + bytes(len(content) // 2))
    with pytest.raises(InvalidMedia, match=r"a\.jpg is cut off"):
        scan([tmp_path], root=tmp_path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(share=st.floats(0.01, 1), case=st.sampled_from(CASES))
@example(share=0.263671875, case=CASES[2])  # 3 bytes longer than the tail that is looked at: it has the header.
def test_whatever_is_taken_can_be_decoded(tmp_path: Path, share: float, case: tuple[str, dict[str, Any]]) -> None:
    name, options = case
    content = written(tmp_path, name, options)
    (tmp_path / name).write_bytes(content[: max(1, int(share * len(content)))])
    try:
        scan([tmp_path / name], root=tmp_path)
    except InvalidMedia:
        return
    with Image.open(tmp_path / name) as image:
        image.load()

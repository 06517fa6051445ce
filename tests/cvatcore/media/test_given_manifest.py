"""A manifest that comes with media: it orders them, and where it is wrong, its line is named."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cvatcore.errors import CvatError, InvalidDocument, InvalidInput, InvalidMedia
from cvatcore.media import ScanOptions, scan
from cvatcore.media.given_manifest import read_given
from kit.pictures import picture_bytes, write_archive, write_picture, write_video

VERSION, IMAGES, VIDEO = {"version": "1.0"}, {"type": "images"}, {"type": "video"}
PREDEFINED = ScanOptions(sorting="predefined")


def write_manifest(path: Path, *lines: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def frame(name: str, extension: str = ".png", **fields: Any) -> dict[str, object]:
    return {"name": name, "extension": extension, "width": 8, "height": 6, **fields}


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    for name in ("a.png", "b/c.png", "b/d.png"):
        write_picture(tmp_path / "photos" / name)
    return tmp_path / "photos"


def names(*inputs: Path, options: ScanOptions = PREDEFINED) -> list[str]:
    return [image.path for image in scan(inputs, root=inputs[0], options=options).manifest.images]


def refusal(*inputs: Path, options: ScanOptions = PREDEFINED) -> str:
    with pytest.raises(InvalidDocument) as caught:
        scan(inputs, root=inputs[0], options=options)
    assert caught.value.hint
    return f"{caught.value.line}: {caught.value.reason}"


ORDER = (
    frame("b/d"),
    frame("a", checksum="548918ec4b56132a5cff1d4acabe9947", meta={"related_images": []}),
    frame("b/c"),
)


def test_it_gives_the_order(tmp_path: Path, photos: Path) -> None:
    expected = ["b/d.png", "a.png", "b/c.png"]
    manifest = write_manifest(tmp_path / "manifest.jsonl", VERSION, IMAGES, *ORDER)
    assert names(photos, manifest) == expected
    assert names(photos, options=ScanOptions(sorting="predefined", manifest=manifest)) == expected
    assert names(photos, manifest, options=ScanOptions()) == sorted(expected)
    # In the folder it counts for predefined sorting only: it may be an old one.
    inside = write_manifest(photos / "manifest.jsonl", VERSION, IMAGES, *ORDER)
    assert names(photos) == expected
    write_manifest(inside, VERSION, IMAGES)
    assert names(photos, options=ScanOptions()) == sorted(expected)


def test_names_may_count_from_a_folder_above(tmp_path: Path, photos: Path) -> None:
    lines = [{**line, "name": f"photos/{line['name']}"} for line in ORDER]
    manifest = write_manifest(tmp_path / "manifest.jsonl", VERSION, IMAGES, *lines)
    assert names(photos, manifest) == ["b/d.png", "a.png", "b/c.png"]
    assert names(photos / "b", options=ScanOptions(sorting="predefined", order=("b/d.png", "b/c.png"))) == [
        "d.png", "c.png",
    ]  # fmt: skip


def test_an_archive_needs_one(tmp_path: Path) -> None:
    archive = write_archive(tmp_path / "a.zip", {name: picture_bytes() for name in ("1.png", "2.png", "3.png")})
    with pytest.raises(InvalidMedia, match=r"The pictures in a\.zip have no order of their own"):
        names(archive)
    manifest = write_manifest(tmp_path / "m.jsonl", VERSION, IMAGES, frame("2"), frame("3"), frame("1"))
    assert names(archive, manifest) == ["2.png", "3.png", "1.png"]


def test_it_says_which_are_context_images(tmp_path: Path) -> None:
    for name in ("a.png", "b.png", "side/x.png"):
        write_picture(tmp_path / "photos" / name)
    manifest = write_manifest(
        tmp_path / "m.jsonl", VERSION, IMAGES, frame("b", meta={"related_images": ["side/x.png"]}), frame("a")
    )
    found = scan([tmp_path / "photos", manifest], root=tmp_path, options=PREDEFINED).manifest
    assert [(image.path, image.related) for image in found.images] == [("b.png", ("side/x.png",)), ("a.png", ())]
    write_manifest(manifest, VERSION, IMAGES, frame("b", meta={"related_images": ["y.png"]}), frame("a"))
    assert refusal(tmp_path / "photos", manifest) == "3: The context image 'y.png' is not among the media given."


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ((VERSION, IMAGES, *ORDER, frame("x")), "6: 'x.png' is not among the media given."),
        ((VERSION, IMAGES, *ORDER[:2]), "0: 'b/c.png' is among the media given, but on no line."),
        ((VERSION, IMAGES, *ORDER, ORDER[1]), "6: 'a.png' is on line 4 already."),
        ((VERSION, IMAGES, *ORDER[:2], frame("b/c", width=9)), "5: 'b/c.png' is 8×6 pixels, not 9×6."),
        ((VERSION, VIDEO, {"properties": {"name": "a.mp4", "resolution": [8, 6], "length": 3}}),
         "2: It describes a video, and the media given are pictures."),
        ((VERSION, IMAGES), "0: It lists no frames."),
    ],
)  # fmt: skip
def test_the_line_at_fault_is_named(tmp_path: Path, photos: Path, lines: tuple[object, ...], expected: str) -> None:
    manifest = write_manifest(tmp_path / "manifest.jsonl", *lines)
    for sorting in (PREDEFINED, ScanOptions()):
        assert refusal(photos, manifest, options=sorting) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "1: This should be the version"),
        ("{}\n", "1: This should be the version"),
        ('{"version": "1.0"}\n{"type": "cars"}\n', "2: This should be the type"),
        ('{"version": "1.0"}\n{"type": "video"}\n{"name": 1}\n', "3: This should be the video's properties"),
        ('{"version": "1.1"}\n{"type": "images"}\n\nhello\n', "4: This is no frame"),
        ('{"version": "1.1"}\n{"type": "images"}\n{"name": 3}\n', "3: This is no frame"),
    ],
)
def test_what_is_no_manifest(tmp_path: Path, photos: Path, text: str, expected: str) -> None:
    manifest = tmp_path / "manifest.jsonl"
    manifest.write_text(text or " ", encoding="utf-8")
    assert refusal(photos, manifest).startswith(expected)


def test_of_a_newer_version(tmp_path: Path, photos: Path) -> None:
    manifest = write_manifest(tmp_path / "manifest.jsonl", {"version": "2.0"}, IMAGES)
    with pytest.raises(CvatError, match=r"is a manifest of version 2\.0"):
        scan([photos, manifest], root=tmp_path)


def test_two_of_them_or_nothing_else(tmp_path: Path, photos: Path) -> None:
    one, two = (write_manifest(tmp_path / name, VERSION, IMAGES, *ORDER) for name in ("1.jsonl", "2.jsonl"))
    with pytest.raises(InvalidMedia, match=r"Two manifests are given, 1\.jsonl and 2\.jsonl"):
        scan([photos, one, two], root=tmp_path)
    with pytest.raises(InvalidMedia, match=r"Two manifests are given, 2\.jsonl and 1\.jsonl"):
        scan([photos, one], root=tmp_path, options=ScanOptions(manifest=two))
    with pytest.raises(InvalidMedia, match=r"1\.jsonl is given without its media"):
        scan([one], root=tmp_path)
    with pytest.raises(InvalidInput, match="which random sorting would lose"):
        scan([photos, one], root=tmp_path, options=ScanOptions(sorting="random"))


def test_of_a_video(tmp_path: Path, photos: Path) -> None:
    video = write_video(tmp_path / "a.mp4", 5)
    right = {"name": "folder/a.mp4", "resolution": [64, 48], "length": 5}
    manifest = write_manifest(
        tmp_path / "m.jsonl", VERSION, VIDEO, {"properties": right}, {"number": 0, "pts": 0, "checksum": "17bb"}
    )
    assert scan([video, manifest], root=tmp_path).manifest.size == 5
    for wrong, message in (
        ({"name": "b.mp4"}, "3: It describes 'b.mp4', and 'a.mp4' is given."),
        ({"resolution": [64, 49]}, "3: 'a.mp4' is 64×48 pixels, not 64×49."),
        ({"length": 6}, "3: 'a.mp4' has 5 frames, not 6."),
    ):
        write_manifest(manifest, VERSION, VIDEO, {"properties": right | wrong})
        assert refusal(video, manifest, options=ScanOptions()) == message
    write_manifest(manifest, VERSION, IMAGES, frame("a"))
    assert refusal(video, manifest, options=ScanOptions()) == "2: It lists pictures, and a video is given."


WHOLE = "".join(json.dumps(line) + "\n" for line in (VERSION, IMAGES, *ORDER)).encode()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
@given(spoil=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=5), cut=st.integers(1, 500))
def test_no_spoilt_manifest_raises_anything_else(tmp_path: Path, spoil: list[tuple[int, int]], cut: int) -> None:
    data = bytearray(WHOLE)
    for position, value in spoil:
        data[position % len(data)] = value
    path = tmp_path / "manifest.jsonl"
    path.write_bytes(data[:cut])
    with suppress(CvatError):
        assert read_given(path).frames


def test_it_may_list_pages(tmp_path: Path) -> None:
    from PIL import Image

    frames = [Image.new("RGB", (8, 6), color) for color in ("red", "green", "blue")]
    (tmp_path / "in").mkdir()
    frames[0].save(tmp_path / "in/a.gif", save_all=True, append_images=frames[1:])
    write_picture(tmp_path / "in/b.png")
    pages = [frame(f"a.gif/{number:04}") for number in (1, 2, 3)]
    manifest = write_manifest(tmp_path / "m.jsonl", VERSION, IMAGES, frame("b"), *pages)
    expected = ["b.png", "a.gif/0001.png", "a.gif/0002.png", "a.gif/0003.png"]
    assert names(tmp_path / "in", manifest) == expected
    part = ScanOptions(sorting="predefined", start=1, step=2)
    assert names(tmp_path / "in", manifest, options=part) == expected[1::2]
    # The file itself stands for all its pages.
    write_manifest(manifest, VERSION, IMAGES, frame("b"), frame("a", ".gif"))
    assert names(tmp_path / "in", manifest) == expected
    write_manifest(manifest, VERSION, IMAGES, frame("b"), *pages, frame("a.gif/0004"))
    assert refusal(tmp_path / "in", manifest) == "7: 'a.gif/0004.png' is a page that its file does not have."

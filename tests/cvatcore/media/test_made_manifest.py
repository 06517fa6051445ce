import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cvatcore.cache import NullCache
from cvatcore.errors import InvalidDocument, InvalidMedia
from cvatcore.media import ScanOptions, scan
from cvatcore.media.made_manifest import make_manifest
from kit.samples import photo, video


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "data"
    (root / "sub" / "related_images" / "coins_png").mkdir(parents=True)
    shutil.copy(photo("camera.png"), root / "camera.png")
    shutil.copy(photo("coins.png"), root / "sub" / "coins.png")
    shutil.copy(photo("coffee.png"), root / "sub" / "related_images" / "coins_png" / "side.png")
    return root


def lines(*inputs: Path, force: bool = False) -> list[dict[str, Any]]:
    made = make_manifest(inputs, force=force, cache=NullCache())
    return [json.loads(line) for line in made.lines]


def md5(path: Path) -> str:
    with Image.open(path) as image:
        return hashlib.md5(image.tobytes()).hexdigest()


def test_pictures_with_their_context(folder: Path) -> None:
    version, kind, camera, coins = lines(folder)
    assert (version, kind) == ({"version": "1.1"}, {"type": "images"})
    assert camera == {
        "name": "camera",
        "extension": ".png",
        "width": 512,
        "height": 512,
        "meta": {"related_images": []},
        "checksum": md5(folder / "camera.png"),
    }
    assert coins["meta"] == {"related_images": ["sub/related_images/coins_png/side.png"]}
    assert (coins["name"], coins["checksum"]) == ("sub/coins", md5(folder / "sub" / "coins.png"))


def test_a_task_takes_the_order_of_a_manifest_that_was_made(folder: Path) -> None:
    made = make_manifest([folder], cache=NullCache())
    head, kind, *rest = list(made.lines)
    (folder / "manifest.jsonl").write_bytes(head + kind + b"".join(reversed(rest)))
    found = scan([folder], root=folder, options=ScanOptions(sorting="predefined"))
    assert [image.path for image in found.manifest.images] == ["sub/coins.png", "camera.png"]
    (folder / "manifest.jsonl").write_bytes(head + kind + rest[0].replace(b"512", b"511") + rest[1])
    with pytest.raises(InvalidDocument, match=r"manifest\.jsonl:3: 'camera\.png' is 512×512 pixels, not 511×511"):
        scan([folder], root=folder, options=ScanOptions(sorting="predefined"))


def test_a_video_has_its_keyframes() -> None:
    _, kind, properties, *keyframes = lines(video())
    assert kind == {"type": "video"}
    assert properties == {"properties": {"name": "bikes.mp4", "resolution": [640, 272], "length": 250}}
    assert keyframes[0]["number"] == 0
    assert [line["pts"] for line in keyframes] == sorted(line["pts"] for line in keyframes)
    import av

    with av.open(str(video())) as container:
        first = next(container.decode(video=0)).to_ndarray(format="rgb24")
    assert keyframes[0]["checksum"] == hashlib.md5(np.ascontiguousarray(first).tobytes()).hexdigest()


def test_few_keyframes_need_force(tmp_path: Path) -> None:
    import av

    path = tmp_path / "long.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"g": "1000", "sc_threshold": "0"})
        stream.width = stream.height = 32
        stream.pix_fmt = "yuv420p"
        for number in range(120):
            shade = np.full((32, 32, 3), number, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(shade, format="rgb24")))
        container.mux(stream.encode(None))
    with pytest.raises(InvalidMedia, match="only 1 keyframe in 120 frames"):
        lines(path)
    assert len(lines(path, force=True)) == 4


def test_a_broken_picture_is_named(folder: Path) -> None:
    whole = (folder / "camera.png").read_bytes()
    (folder / "camera.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InvalidMedia, match=r"camera\.png"):
        lines(folder)

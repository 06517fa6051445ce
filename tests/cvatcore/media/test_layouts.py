"""The layouts of the manual on disk: the right context images on the right frames, from the scan to the pixels."""

import io
from pathlib import Path

import pytest
from PIL import Image

from cvatcore.cache import NullCache
from cvatcore.media import open_frames, scan
from cvatcore.media.cloud.reading import read_cloud
from cvatcore.media.gathering import gather
from cvatcore.schema import DataSpec
from kit.layouts import LAYOUTS, Layout, content_of, mark_of, write_layout
from kit.pictures import write_archive


@pytest.mark.parametrize("kind", ["folder", "archive", "archive with a prefix"])
@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.title)
def test_each_frame_shows_its_context_images(tmp_path: Path, layout: Layout, kind: str) -> None:
    """Every file has a size of its own, by which it is told from all others."""
    marks = [mark_of(name) for name in layout.names]
    assert len(set(marks)) == len(marks)
    prefix = ""
    if kind == "folder":
        inputs = [write_layout(tmp_path / "data", layout)]
    else:
        inputs = [write_archive(tmp_path / "data.zip", {name: content_of(name) for name in layout.names})]
    if kind == "archive with a prefix":
        is_cloud = any(name.endswith((".pcd", ".bin")) for name in layout.frames)
        other = tmp_path / ("other.pcd" if is_cloud else "other.png")
        other.write_bytes(content_of(other.name))
        inputs.append(other)
        prefix = "data.zip/"
    found = scan(inputs, root=tmp_path)
    manifest = found.manifest
    expected = {prefix + frame: tuple(prefix + image for image in images) for frame, images in layout.frames.items()}
    if prefix:
        expected[inputs[1].name] = ()
    assert [image.path for image in manifest.images] == sorted(expected)
    assert bool(found.remarks) == bool(layout.strays)
    reader = open_frames(DataSpec(sources=found.sources), manifest, root=tmp_path, cache=NullCache())
    for number, image in enumerate(manifest.images):
        assert reader.context(number) == expected[image.path]
        mark = mark_of(image.path.removeprefix(prefix))
        frame = reader.frame(number)
        assert frame.width == mark
        if manifest.dimension == "3d":
            assert read_cloud(frame.data, name="a.pcd").size == mark
        for index, name in enumerate(expected[image.path]):
            picture = reader.context_image(number, index)
            with Image.open(io.BytesIO(picture.data)) as shown:
                assert (shown.format, shown.width) == ("JPEG", mark_of(name.removeprefix(prefix)))
    reader.close()


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.title)
def test_copies_have_them_too(tmp_path: Path, layout: Layout) -> None:
    root = tmp_path / "workspace"
    folder = write_layout(tmp_path / "data", layout)
    found = scan([folder], root=root)
    data = DataSpec(sources=found.sources)
    (copy,) = gather(data, found.manifest, numbers=[0], root=root, into=root / "media").sources
    assert scan([root / copy.path], root=root).manifest == found.manifest
    assert all((root / copy.path / name).is_file() for image in found.manifest.images for name in image.related)

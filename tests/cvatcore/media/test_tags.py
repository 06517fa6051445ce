import os
from pathlib import Path

import pytest

from cvatcore.cache import NullCache
from cvatcore.errors import MissingMedia, NotFound
from cvatcore.media import FrameReader, open_frames, scan
from cvatcore.media.tags import picture_tag
from cvatcore.schema import DataSpec, Manifest
from kit.pictures import picture_bytes, write_archive, write_picture, write_video


def opened(path: Path) -> tuple[FrameReader, Manifest]:
    found = scan([path], root=path.parent)
    reader = open_frames(DataSpec(sources=found.sources), found.manifest, root=path.parent, cache=NullCache())
    return reader, found.manifest


@pytest.mark.parametrize("kind", ["folder", "archive", "video"])
def test_every_frame_and_manner_has_a_tag_of_its_own(tmp_path: Path, kind: str) -> None:
    if kind == "folder":
        path = write_picture(tmp_path / "p" / "0.png", (8, 6)).parent
        write_picture(path / "1.png", (8, 6))
    elif kind == "archive":
        path = write_archive(tmp_path / "a.zip", {f"{n}.png": picture_bytes((8, 6)) for n in range(2)})
    else:
        path = write_video(tmp_path / "v.mp4", 2)
    reader, manifest = opened(path)
    asked = [((0,), "a"), ((1,), "a"), ((0, 1), "a"), ((1, 0), "a"), ((0,), "b")]
    tags = [picture_tag(reader, manifest, numbers, manner=manner) for numbers, manner in asked]
    assert len(set(tags)) == len(tags)
    assert tags == [picture_tag(reader, manifest, numbers, manner=manner) for numbers, manner in asked]
    file = reader.source_file(0)
    os.utime(file, ns=(1, 1))
    assert picture_tag(reader, manifest, (0,), manner="a") != tags[0]
    file.unlink()
    with pytest.raises(MissingMedia):
        picture_tag(reader, manifest, (0,), manner="a")
    with pytest.raises(NotFound):
        picture_tag(reader, manifest, (9,), manner="a")

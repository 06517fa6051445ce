from __future__ import annotations

from pathlib import Path

import pytest

from cvatcore.media import MapRule, MediaMap, Presence, look_for_media, scan
from cvatcore.schema import DataSpec, Manifest
from kit.pictures import LFS_POINTER, picture_bytes, write_archive, write_picture, write_video


def look(data: DataSpec, manifest: Manifest, root: Path, *rules: MapRule) -> Presence:
    return look_for_media(data, manifest, root=root, known=MediaMap(map=rules), task=1)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder of three pictures and an archive of two."""
    folder = tmp_path / "photos"
    for name in ("a.png", "b/c.png", "b/d.png"):
        write_picture(folder / name)
    write_archive(folder / "z.zip", {name: picture_bytes() for name in ("1.png", "2.png")})
    return folder


def test_what_is_gone_is_counted_by_source(tmp_path: Path, photos: Path) -> None:
    found = scan([photos, photos / "z.zip"], root=tmp_path / "ws")
    data = DataSpec(sources=found.sources)
    assert look(data, found.manifest, tmp_path / "ws").missing == ()
    (photos / "b/c.png").unlink()
    (photos / "b/d.png").write_bytes(LFS_POINTER)
    (photos / "z.zip").write_bytes(b"no zip archive at all, which is for validate to say")
    seen = look(data, found.manifest, tmp_path / "ws")
    names = [found.manifest.frame_name(number) for number in seen.missing]
    assert names == ["b/c.png", "b/d.png"]
    assert seen.unfetched == 1
    folder, archive = seen.sources
    assert (folder.frames, folder.missing, folder.unfetched, folder.first) == (3, 2, 1, "b/c.png")
    assert (archive.frames, archive.missing, archive.mapped) == (2, 0, False)
    write_archive(photos / "z.zip", {"1.png": picture_bytes()})
    assert look(data, found.manifest, tmp_path / "ws").sources[1].missing == 1
    (photos / "z.zip").write_bytes(LFS_POINTER)
    assert look(data, found.manifest, tmp_path / "ws").sources[1].unfetched == 2
    (photos / "z.zip").unlink()
    assert look(data, found.manifest, tmp_path / "ws").sources[1].missing == 2


def test_a_folder_that_is_gone_and_where_it_is_now(tmp_path: Path, photos: Path) -> None:
    found = scan([photos], root=tmp_path / "ws")
    data = DataSpec(sources=found.sources)
    photos.rename(tmp_path / "elsewhere")
    seen = look(data, found.manifest, tmp_path / "ws")
    assert seen.missing == (0, 1, 2)
    rule = MapRule(origin=photos.as_posix(), target=(tmp_path / "elsewhere").as_posix())
    (source,) = look(data, found.manifest, tmp_path / "ws", rule).sources
    assert (source.missing, source.mapped, source.place) == (0, True, str(tmp_path / "elsewhere"))


def test_all_frames_of_a_video_go_with_it(tmp_path: Path) -> None:
    film = write_video(tmp_path / "film.mp4", 5)
    found = scan([film], root=tmp_path / "ws")
    data = DataSpec(sources=found.sources)
    assert look(data, found.manifest, tmp_path / "ws").missing == ()
    film.unlink()
    (source,) = look(data, found.manifest, tmp_path / "ws").sources
    assert (source.missing, source.first) == (5, "film.mp4")


def test_a_path_of_another_system_leads_nowhere(tmp_path: Path, photos: Path) -> None:
    found = scan([photos], root=tmp_path / "ws")
    import msgspec

    source = msgspec.structs.replace(found.sources[0], path="C:/Users/mara/photos")
    data = DataSpec(sources=(source,))
    assert len(look(data, found.manifest, tmp_path / "ws").missing) == 3
    rule = MapRule(origin="C:/Users", target=tmp_path.as_posix())
    (tmp_path / "mara").mkdir()
    photos.rename(tmp_path / "mara/photos")
    assert look(data, found.manifest, tmp_path / "ws", rule).missing == ()


def test_frames_without_a_source_are_missing(tmp_path: Path, photos: Path) -> None:
    found = scan([photos], root=tmp_path / "ws")
    assert look(DataSpec(), found.manifest, tmp_path / "ws").missing == (0, 1, 2)

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.errors import InvalidInput
from cvatcore.media.appending import append_frames
from cvatcore.media.identity import place_of
from cvatcore.media.scanning import Scan
from cvatcore.schema import DataSpec, ImageFrame, Manifest, MediaSource, VideoProperties

ROOT = Path("/w")


def image(path: str, *, source: int = 0, related: tuple[str, ...] = ()) -> ImageFrame:
    name, dot, extension = path.rpartition(".")
    meta: dict[str, object] = {"related_images": list(related)} if related else {}
    return ImageFrame(name=name, extension=dot + extension, width=4, height=3, source=source, meta=meta)


def found(folder: str, *paths: str, kind: str = "folder") -> Scan:
    source = MediaSource(kind="archive" if kind == "archive" else "folder", path=folder)
    return Scan(sources=(source,), manifest=Manifest(images=tuple(map(image, paths))))


def task(folder: str, *paths: str) -> tuple[DataSpec, Manifest]:
    scanned = found(folder, *paths)
    return DataSpec(sources=scanned.sources), scanned.manifest


def names(data: DataSpec, manifest: Manifest, more: Scan) -> list[str]:
    done = append_frames(data, manifest, more, root=ROOT)
    assert done.manifest.images[: manifest.size] == manifest.images
    assert done.data.sources[: len(data.sources)] == data.sources
    return [one.path for one in done.manifest.images]


def test_new_files_of_the_task_s_folder_follow_and_known_ones_do_not_come_twice() -> None:
    data, manifest = task("/photos", "b.jpg", "sub/c.jpg")
    more = found("/photos", "a.jpg", "b.jpg", "sub/c.jpg", "sub/d.jpg")
    assert names(data, manifest, more) == ["b.jpg", "sub/c.jpg", "a.jpg", "sub/d.jpg"]
    assert append_frames(data, manifest, more, root=ROOT).known == 2


def test_a_folder_in_or_around_the_task_s_is_that_source() -> None:
    data, manifest = task("/photos", "b.jpg")
    assert names(data, manifest, found("/photos/sub", "e.jpg")) == ["b.jpg", "sub/e.jpg"]
    assert names(data, manifest, found("/", "photos/b.jpg", "photos/x/y.jpg")) == ["b.jpg", "x/y.jpg"]


def test_other_folders_and_archives_are_sources_of_their_own() -> None:
    data, manifest = task("/photos", "b.jpg", "night/b.jpg")
    done = append_frames(data, manifest, found("/film/night", "b.jpg"), root=ROOT)
    assert [one.path for one in done.manifest.images] == ["b.jpg", "night/b.jpg", "night-2/b.jpg"]
    assert done.data.sources[1] == MediaSource(kind="folder", path="/film/night", prefix="night-2")
    again = append_frames(done.data, done.manifest, found("/film/night", "b.jpg", "c.jpg"), root=ROOT)
    assert [one.path for one in again.manifest.images[3:]] == ["night-2/c.jpg"]
    zipped = append_frames(data, manifest, found("/more.zip", "b.jpg", kind="archive"), root=ROOT)
    assert zipped.manifest.images[2].path == "more.zip/b.jpg"


def test_an_archive_in_the_task_s_folder_is_a_source_of_its_own() -> None:
    data, manifest = task("/photos", "b.jpg")
    done = append_frames(data, manifest, found("/photos/more.zip", "b.jpg", kind="archive"), root=ROOT)
    assert done.data.sources[1] == MediaSource(kind="archive", path="/photos/more.zip", prefix="more.zip")
    place = place_of(done.data, done.manifest.images[1], root=ROOT)
    assert (place.path, place.member) == (Path("/photos/more.zip"), "b.jpg")
    again = append_frames(done.data, done.manifest, found("/photos/more.zip", "b.jpg", kind="archive"), root=ROOT)
    assert again.known == 1
    assert again.data == done.data


def test_context_images_keep_to_their_frame() -> None:
    data, manifest = task("/photos", "b.jpg")
    new = image("e.jpg", related=("related_images/e_jpg/1.png",))
    more = Scan(sources=(MediaSource(kind="folder", path="/photos/sub"),), manifest=Manifest(images=(new,)))
    done = append_frames(data, manifest, more, root=ROOT)
    assert done.manifest.images[1].related == ("sub/related_images/e_jpg/1.png",)


def test_videos_and_clouds_do_not_mix_with_pictures() -> None:
    data, manifest = task("/photos", "b.jpg")
    video = Manifest(video=VideoProperties(name="v.mp4", resolution=(4, 3), length=9))
    with pytest.raises(InvalidInput, match="not to or from a video"):
        append_frames(data, manifest, Scan(sources=data.sources, manifest=video), root=ROOT)
    with pytest.raises(InvalidInput, match="point clouds"):
        append_frames(data, manifest, found("/clouds", "a.pcd"), root=ROOT)


folders = st.sampled_from(["/a", "/a/b", "/a/b/c", "/b", "a", "/a/night", "/a/b.zip", "b.zip"])
paths = st.sampled_from(["1.jpg", "2.jpg", "b/1.jpg", "b/c/1.jpg", "night/1.jpg"])
finds = st.tuples(folders, st.lists(paths, unique=True, max_size=5))


@given(st.lists(finds, max_size=5))
def test_each_file_is_one_frame_of_a_name_of_its_own(batches: list[tuple[str, list[str]]]) -> None:
    data, manifest = DataSpec(), Manifest()
    files: set[tuple[Path, str]] = set()
    for folder, inside in batches:
        before = manifest
        is_archive = folder.endswith(".zip")
        more = found(folder, *inside, kind="archive" if is_archive else "folder")
        done = append_frames(data, manifest, more, root=ROOT)
        data, manifest = done.data, done.manifest
        assert manifest.images[: before.size] == before.images
        files |= {(ROOT / folder, path) if is_archive else (ROOT / folder / path, "") for path in inside}
    found_at = [place_of(data, one, root=ROOT) for one in manifest.images]
    places = [(place.path, place.member) for place in found_at]
    assert len(places) == len(set(places))
    assert set(places) == files
    assert len({one.path for one in manifest.images}) == manifest.size

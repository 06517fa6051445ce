"""Frames that are found under other paths."""

from pathlib import Path

from cvatcore.media.relinking import relink_frames
from cvatcore.schema import DataSpec, ImageFrame, Manifest, MediaSource

ROOT = Path("/w")


def frame(name: str, *, source: int = 0, **more: object) -> ImageFrame:
    return ImageFrame(name=name, extension=".png", width=4, height=3, source=source, **more)  # type: ignore[arg-type]  # fields


def folder(path: str, prefix: str = "") -> MediaSource:
    return MediaSource(kind="folder", path=path, prefix=prefix)


def test_within_its_source_and_into_another() -> None:
    data = DataSpec(sources=(folder("/a"), folder("/b", "b")))
    context: dict[str, object] = {"related_images": ["related_images/x_png/1.png"]}
    manifest = Manifest(images=(frame("x", meta=context), frame("y", meta=context), frame("b/z", source=1)))
    done = relink_frames(data, manifest, {0: frame("deep/x"), 1: frame("z")}, folder("/a"), root=ROOT)
    assert [(image.path, image.source) for image in done.manifest.images] == [
        ("deep/x.png", 0),
        ("z.png", 0),
        ("b/z.png", 1),
    ]
    assert done.manifest.images[0].meta == context
    done = relink_frames(data, manifest, {1: frame("y")}, folder("/b"), root=ROOT)
    assert (done.manifest.images[1].path, done.manifest.images[1].source) == ("b/y.png", 1)
    # Its context images are not where it is now.
    assert done.manifest.images[1].meta == {}
    assert done.data == data


def test_a_folder_that_the_task_did_not_have_becomes_a_source() -> None:
    data = DataSpec(sources=(folder("/a"),))
    manifest = Manifest(images=(frame("x"), frame("y")))
    done = relink_frames(data, manifest, {1: frame("y")}, folder("/c"), root=ROOT)
    assert done.data.sources == (folder("/a"), folder("/c", "c"))
    assert (done.manifest.images[1].path, done.manifest.images[1].source, done.frames) == ("c/y.png", 1, (1,))


def test_frames_that_change_places() -> None:
    data = DataSpec(sources=(folder("/a"),))
    manifest = Manifest(images=(frame("x", checksum="sha256:1"), frame("y", checksum="sha256:2")))
    found = {0: frame("y", checksum="sha256:1"), 1: frame("x", checksum="sha256:2")}
    done = relink_frames(data, manifest, found, folder("/a"), root=ROOT)
    assert [(image.path, image.checksum) for image in done.manifest.images] == [
        ("y.png", "sha256:1"),
        ("x.png", "sha256:2"),
    ]


def test_a_file_that_is_another_frames_is_passed_over() -> None:
    data = DataSpec(sources=(folder("/a"),))
    manifest = Manifest(images=(frame("x"), frame("y")))
    done = relink_frames(data, manifest, {0: frame("y")}, folder("/a"), root=ROOT)
    assert (done.manifest, done.frames) == (manifest, ())

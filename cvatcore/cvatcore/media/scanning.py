"""From files on disk to the sources and the manifest of a task."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from cvatcore.errors import InvalidInput, InvalidMedia
from cvatcore.media.collecting import collect
from cvatcore.media.given_manifest import GivenManifest, read_given
from cvatcore.media.listing import Listing, list_media, source_at
from cvatcore.media.options import ScanOptions, check_options
from cvatcore.media.reading import read_frames
from cvatcore.media.video.index import index_video
from cvatcore.schema import ImageFrame, Manifest, MediaSource, VideoProperties

Progress = Callable[[int, int], None]
"""Called with what is done and what there is, in the same unit; the latter is 0 while it is not known."""

_ALL = ScanOptions()


class Scan(msgspec.Struct, frozen=True):
    """Media ready to become a task."""

    sources: tuple[MediaSource, ...]
    manifest: Manifest
    videos_left_out: tuple[str, ...] = ()
    """Videos in the folders given, which were not taken because a task has pictures or one video."""
    remarks: tuple[str, ...] = ()
    """What a person should know of files that came to nothing: a sentence each."""


def scan(inputs: Sequence[Path], *, root: Path, options: ScanOptions = _ALL, progress: Progress | None = None) -> Scan:
    """Read the headers of pictures, point clouds and documents, in files, folders and archives; or index one video.

    Frames are sorted by name, unless `options` say otherwise. Names are relative to the one folder or archive given; of
    several inputs, to their common parent, where an archive counts as a folder of its name. `MediaSource.path` is
    relative to `root`, the workspace, where the media lie inside it. Archives and documents within a folder or an
    archive are no inputs. A file of several pages is as many frames, called `<file>/<page>.png`. A manifest among the
    inputs has to agree with them. `progress` may raise: then nothing was made.

    Errors: InvalidMedia naming the file, with what to do; InvalidInput for options that cannot be meant;
    InvalidDocument with the line of a manifest that is wrong; StorageFailed when an archive cannot be unpacked.
    """
    check_options(options)
    found = collect(inputs)
    report = progress or _silent
    in_folder = found.manifest_in_folder if options.sorting == "predefined" and not options.order else None
    if options.manifest and found.manifest and options.manifest != found.manifest:
        raise InvalidMedia(
            f"Two manifests are given, {options.manifest.name} and {found.manifest.name}.", hint="Only one can be used."
        )
    place = options.manifest or found.manifest or in_folder
    if place and options.sorting == "random":
        raise InvalidInput(
            "A manifest says the order of frames, which random sorting would lose.", hint="Leave one out."
        )
    manifest = read_given(place) if place else None
    if found.video:
        return _scan_video(found.base / found.video, root=root, options=options, manifest=manifest, report=report)
    listing = list_media(found, root=root, options=options, manifest=manifest, tick=lambda: report(0, 0))
    images = read_frames(listing, base=found.base, root=root, options=options, report=report)
    if manifest:
        _check_sizes(images, listing, manifest, options)
    return Scan(
        sources=listing.sources,
        manifest=Manifest(images=images, start=options.start, step=options.step),
        videos_left_out=found.videos_left_out,
        remarks=listing.remarks,
    )


def _check_sizes(images: Sequence[ImageFrame], listing: Listing, manifest: GivenManifest, options: ScanOptions) -> None:
    for image in images:
        given = listing.given.get(image.path)
        # What others write of point clouds is no number of points.
        if given is None or image.is_cloud or not (given.width and given.height):
            continue
        if (given.width, given.height) != (image.width, image.height):
            raise manifest.wrong(
                f"{image.path!r} is {image.width}×{image.height} pixels, not {given.width}×{given.height}.",
                line=given.line,
            )
    everything = not options.start and options.step == 1 and options.stop < 0 and not options.pattern
    if everything and (gone := listing.given.keys() - {image.path for image in images} - set(listing.names)):
        line, name = min((listing.given[name].line, name) for name in gone)
        raise manifest.wrong(f"{name!r} is a page that its file does not have.", line=line)


def _scan_video(
    path: Path, *, root: Path, options: ScanOptions, manifest: GivenManifest | None, report: Progress
) -> Scan:
    if options.sorting == "predefined" and options.order and list(options.order) != [path.name]:
        raise InvalidMedia(f"The order that was given is not of the video {path.name}.", hint="Give none for a video.")
    report(0, 1)
    index = index_video(path, name=str(path), truncated=options.truncated)
    video = VideoProperties(
        name=path.name, resolution=(index.width, index.height), length=index.length, bytes=path.stat().st_size
    )
    report(1, 1)
    if manifest:
        _check_video(video, manifest)
    if options.start >= index.length:
        raise InvalidMedia(
            f"{path} has {index.length} frames, and the first to be taken is {options.start}.",
            hint="Frames are counted from 0: give a smaller start frame.",
        )
    taken = Manifest(video=video, start=options.start, step=options.step, stop=options.stop)
    return Scan(sources=(source_at("video", path, root=root),), manifest=taken)


def _check_video(video: VideoProperties, manifest: GivenManifest) -> None:
    given = manifest.video
    if given is None:
        raise manifest.wrong("It lists pictures, and a video is given.", line=2)
    if given.name.replace("\\", "/").rpartition("/")[2] != video.name:
        raise manifest.wrong(f"It describes {given.name!r}, and {video.name!r} is given.", line=given.line)
    if tuple(given.resolution) != video.resolution:
        raise manifest.wrong(
            f"{video.name!r} is {video.resolution[0]}×{video.resolution[1]} pixels, not "
            f"{given.resolution[0]}×{given.resolution[1]}.",
            line=given.line,
        )
    if given.length != video.length:
        raise manifest.wrong(f"{video.name!r} has {video.length} frames, not {given.length}.", line=given.line)


def _silent(done: int, total: int) -> None:
    """Nobody listens."""

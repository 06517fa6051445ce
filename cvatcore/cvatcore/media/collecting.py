"""What a person gave, sorted out: pictures, documents and archives, or one video, and perhaps a manifest."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from cvatcore.errors import InvalidMedia
from cvatcore.media.archive.opening import archive_kind
from cvatcore.media.context import pair
from cvatcore.media.headers import read_size
from cvatcore.media.identity import unreadable
from cvatcore.media.kinds import Kind, check_frame_name, check_name, is_manifest, kind_of_name
from cvatcore.media.patterns import ANY_DEPTH, is_pattern, matches
from cvatcore.media.video.files import open_video, video_stream
from cvatcore.media.walking import walk

InputKind = Kind | Literal["folder", "manifest"]

MANIFEST = "manifest.jsonl"


class Collected(msgspec.Struct, frozen=True):
    """The media files of some inputs; nothing but names and kinds is known of them."""

    base: Path
    """The folder that names are relative to: the common parent of all inputs."""
    names: tuple[str, ...] = ()
    """Files and archives by their names below `base`, with forward slashes: in the order of the inputs, those of a
    folder sorted."""
    archives: frozenset[str] = frozenset()
    """Those of `names` that are archives."""
    video: str = ""
    """The name of the one video below `base`; then there is nothing else."""
    manifest: Path | None = None
    """The one manifest among the inputs."""
    manifest_in_folder: Path | None = None
    """The manifest at the top of the one folder given; it counts for predefined sorting only."""
    videos_left_out: tuple[str, ...] = ()
    """Videos that lie among the pictures of a folder, by names below `base`."""

    @property
    def files(self) -> tuple[str, ...]:
        """The names of pictures, point clouds and documents that are files of their own."""
        return tuple(name for name in self.names if name not in self.archives) if self.archives else self.names


def collect(inputs: Sequence[Path]) -> Collected:
    """Find out what inputs are, search folders, expand patterns, and give everything its name.

    Errors: InvalidMedia naming the input, with what to do.
    """
    if not inputs:
        raise InvalidMedia(
            "No media are given.", hint="Give pictures, point clouds, documents, folders or archives; or one video."
        )
    kinds = dict(_kinds_of_inputs(inputs))
    manifests = [path for path, kind in kinds.items() if kind == "manifest"]
    if len(manifests) > 1:
        raise InvalidMedia(
            f"Two manifests are given, {manifests[0].name} and {manifests[1].name}.", hint="Only one can be used."
        )
    if manifests:
        del kinds[manifests[0]]
    if not kinds:
        raise InvalidMedia(f"{manifests[0]} is given without its media.", hint="Give the media too.")
    videos = [path for path, kind in kinds.items() if kind == "video"]
    if videos and len(kinds) > 1:
        what = "several videos" if len(videos) == len(kinds) else f"the video {videos[0].name} among other media"
        raise InvalidMedia(f"A task cannot have {what}.", hint="Make one task for each video.")
    base = _common_parent(kinds)
    names: dict[str, None] = {}
    left_out: set[str] = set()
    for path, kind in kinds.items():
        name = path.relative_to(base).as_posix()
        if kind == "folder":
            found, others = _search(path)
            prefix = "" if path == base else name + "/"
            names.update(dict.fromkeys(prefix + inside for inside in found))
            left_out.update(prefix + inside for inside in others)
        elif kind != "video":
            names[name] = None
    for name in names:
        check_frame_name(name)
    if videos:
        check_name(videos[0].name)
    folders = [path for path, kind in kinds.items() if kind == "folder"]
    lone = folders[0] / MANIFEST if len(folders) == len(kinds) == 1 else None
    return Collected(
        base=base,
        names=tuple(names),
        archives=frozenset(path.relative_to(base).as_posix() for path, kind in kinds.items() if kind == "archive"),
        video=videos[0].name if videos else "",
        manifest=manifests[0] if manifests else None,
        manifest_in_folder=lone if lone and lone.is_file() else None,
        videos_left_out=tuple(sorted(left_out)),
    )


def expanded(inputs: Sequence[Path]) -> tuple[Path, ...]:
    """The inputs with patterns replaced by what they match, absolute, each once.

    Errors: InvalidMedia where a pattern matches nothing.
    """
    return tuple(path for path, _ in _kinds_of_inputs(inputs))


def _kinds_of_inputs(inputs: Sequence[Path]) -> Iterator[tuple[Path, InputKind]]:
    seen: set[Path] = set()
    for given in inputs:
        # Links stay as the person gave them: names come from what they see.
        path = Path(os.path.abspath(given))
        found = _matches(path) if is_pattern(path) else [(path, _kind_of_input(path))]
        for match, kind in found:
            if match not in seen:
                seen.add(match)
                yield match, kind


def _matches(pattern: Path) -> list[tuple[Path, InputKind]]:
    """What a pattern matches that its name says is of use; of folders those that hold something."""
    found: list[tuple[Path, InputKind]] = []
    for path in matches(pattern):
        if path.is_dir():
            if pattern.name != ANY_DEPTH and any(kind in ("picture", "cloud") for _, kind in walk(path)):
                found.append((path, "folder"))
        elif is_manifest(path.name) or kind_of_name(path.name):
            found.append((path, _kind_of_input(path)))
    if not found:
        raise InvalidMedia(f"No picture, video or archive matches {pattern}.", hint="Check its spelling.")
    return found


def _common_parent(kinds: dict[Path, InputKind]) -> Path:
    try:
        return Path(os.path.commonpath([path if kind == "folder" else path.parent for path, kind in kinds.items()]))
    except ValueError:
        raise InvalidMedia("The media lie on several drives.", hint="Make one task for each drive.") from None


def _search(folder: Path) -> tuple[list[str], list[str]]:
    frames: list[str] = []
    clouds: list[str] = []
    others: dict[Kind, list[str]] = {}
    for name, kind in walk(folder):
        if kind == "picture":
            frames.append(name)
        elif kind == "cloud":
            clouds.append(name)
        else:
            others.setdefault(kind, []).append(name)
    if clouds and not _are_other_bin(clouds, frames):
        frames += clouds
    videos = others.get("video", [])
    if not frames and videos:
        raise InvalidMedia(
            f"{folder} holds no pictures, but videos: {min(videos)!r} for one.", hint="Make one task for each video."
        )
    if not frames and others:
        name = min(min(names) for names in others.values())
        # Most archives and documents that lie about are no data: those that are, are given by name.
        raise InvalidMedia(f"{folder} holds no pictures, but {name!r}.", hint="Give archives and documents by name.")
    if not frames:
        raise InvalidMedia(f"{folder} holds no pictures.", hint="Give a folder of pictures, or an archive or video.")
    frames.sort()
    return frames, videos


def _are_other_bin(clouds: list[str], pictures: list[str]) -> bool:
    """Whether these are `.bin` files that no picture belongs to: among pictures those are models and firmware."""
    return (
        bool(pictures) and all(name.lower().endswith(".bin") for name in clouds) and not pair(clouds + pictures).related
    )


def _kind_of_input(path: Path) -> InputKind:
    try:
        status = os.stat(path)
    except OSError as error:
        check_name(path.name)
        if os.path.exists(path):
            raise unreadable(str(path), error) from None
        raise InvalidMedia(f"There is no file or folder {path}.", hint="Check its spelling.") from None
    except ValueError:
        raise InvalidMedia(f"There is no file or folder {str(path)!r}.", hint="Check its spelling.") from None
    if stat.S_ISDIR(status.st_mode):
        return "folder"
    check_name(path.name)
    if not stat.S_ISREG(status.st_mode):
        raise InvalidMedia(
            f"{path} is not a file that can be read again and again.", hint="Copy its content to a file."
        )
    if not status.st_size:
        raise InvalidMedia(f"{path} is empty.", hint="Replace it, then try again.")
    if is_manifest(path.name):
        return "manifest"
    return kind_of_name(path.name) or _kind_of_content(path)


def _kind_of_content(path: Path) -> Kind:
    try:
        if archive_kind(path):
            return "archive"
        with path.open("rb") as file:
            read_size(file, name=str(path))
        return "picture"
    except InvalidMedia:
        pass  # not a picture, then
    except OSError as error:
        raise unreadable(str(path), error) from None
    try:
        with open_video(path, name=str(path)) as container:
            video_stream(container, name=str(path))
        return "video"
    except InvalidMedia:
        raise InvalidMedia(
            f"{path} is neither a picture nor a video nor an archive.",
            hint="Documents and point clouds are known by their names: .pdf, .pcd, .ply, .bin. Unpack other archives.",
        ) from None

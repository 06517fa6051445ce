"""What a person gave, sorted out: pictures and archives, or one video."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec

from cvatcore.errors import InvalidMedia
from cvatcore.media.headers import read_size
from cvatcore.media.identity import unreadable
from cvatcore.media.kinds import Kind, check_name, kind_of_name
from cvatcore.media.video_index import open_video, video_stream
from cvatcore.media.walking import walk

InputKind = Kind | Literal["folder"]


class Collected(msgspec.Struct, frozen=True):
    """The media files of some inputs; nothing but names and kinds is known of them."""

    base: Path
    """The folder that names are relative to: the common parent of all inputs."""
    pictures: tuple[str, ...] = ()
    """Sorted names below `base`, with forward slashes."""
    archives: tuple[str, ...] = ()
    """Sorted names below `base`."""
    video: str = ""
    """The name of the one video below `base`; then there is nothing else."""
    videos_left_out: tuple[str, ...] = ()
    """Videos that lie among the pictures of a folder, by names below `base`."""


def collect(inputs: Sequence[Path]) -> Collected:
    """Find out what inputs are, search folders, and give everything its name.

    Errors: InvalidMedia naming the input, with what to do.
    """
    if not inputs:
        raise InvalidMedia("No media are given.", hint="Give pictures, folders, zip archives, or one video.")
    kinds = {path: _kind_of_input(path) for path in map(_absolute, inputs)}
    videos = [path for path, kind in kinds.items() if kind == "video"]
    if videos and len(kinds) > 1:
        what = "several videos" if len(videos) == len(kinds) else f"the video {videos[0].name} among other media"
        raise InvalidMedia(f"A task cannot have {what}.", hint="Make one task for each video.")
    base = _common_parent(kinds)
    pictures: set[str] = set()
    left_out: set[str] = set()
    for path, kind in kinds.items():
        name = path.relative_to(base).as_posix()
        if kind == "folder":
            found, others = _search(path)
            prefix = "" if path == base else name + "/"
            pictures.update(prefix + inside for inside in found)
            left_out.update(prefix + inside for inside in others)
        elif kind == "picture":
            pictures.add(name)
    archives = sorted(path.relative_to(base).as_posix() for path, kind in kinds.items() if kind == "archive")
    video = videos[0].name if videos else ""
    for name in filter(None, (*pictures, *archives, video)):
        check_name(name)
    return Collected(
        base=base,
        pictures=tuple(sorted(pictures)),
        archives=tuple(archives),
        video=video,
        videos_left_out=tuple(sorted(left_out)),
    )


def _absolute(path: Path) -> Path:
    # Links stay as the person gave them: names come from what they see.
    return Path(os.path.abspath(path))


def _common_parent(kinds: dict[Path, InputKind]) -> Path:
    try:
        return Path(os.path.commonpath([path if kind == "folder" else path.parent for path, kind in kinds.items()]))
    except ValueError:
        raise InvalidMedia("The media lie on several drives.", hint="Make one task for each drive.") from None


def _search(folder: Path) -> tuple[list[str], list[str]]:
    pictures: list[str] = []
    videos: list[str] = []
    for name, kind in walk(folder):
        if kind == "picture":
            pictures.append(name)
        elif kind == "video":
            videos.append(name)
    if not pictures and videos:
        raise InvalidMedia(
            f"{folder} holds no pictures, but videos: {min(videos)!r} for one.", hint="Make one task for each video."
        )
    if not pictures:
        raise InvalidMedia(f"{folder} holds no pictures.", hint="Give a folder of pictures, or a zip archive or video.")
    return pictures, videos


def _kind_of_input(path: Path) -> InputKind:
    if path.is_dir():
        return "folder"
    check_name(path.name)
    if not path.exists():
        raise InvalidMedia(f"There is no file or folder {path}.", hint="Check its spelling.")
    if not path.is_file():
        raise InvalidMedia(
            f"{path} is not a file that can be read again and again.", hint="Copy its content to a file."
        )
    if not path.stat().st_size:
        raise InvalidMedia(f"{path} is empty.", hint="Replace it, then try again.")
    return kind_of_name(path.name) or _kind_of_content(path)


def _kind_of_content(path: Path) -> Kind:
    try:
        if zipfile.is_zipfile(path):
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
            f"{path} is neither a picture nor a video nor a zip archive.",
            hint="Unpack other archives and give the folder; export documents as pictures.",
        ) from None

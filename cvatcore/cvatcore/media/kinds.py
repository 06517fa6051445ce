"""What a file is by its name, and which names are not taken."""

from __future__ import annotations

import os
from typing import Literal

from cvatcore.errors import InvalidMedia

Kind = Literal["picture", "cloud", "document", "video", "archive"]

_KINDS: dict[str, Kind] = {
    ".jpg": "picture", ".jpeg": "picture", ".jpe": "picture", ".jfif": "picture", ".png": "picture",
    ".bmp": "picture", ".dib": "picture", ".gif": "picture", ".tif": "picture", ".tiff": "picture",
    ".webp": "picture", ".avif": "picture", ".jp2": "picture",
    ".ppm": "picture", ".pgm": "picture", ".pbm": "picture", ".pnm": "picture",
    ".apng": "picture", ".avifs": "picture", ".mpo": "picture", ".j2k": "picture", ".jpx": "picture",
    ".tga": "picture", ".pcx": "picture", ".sgi": "picture", ".dds": "picture", ".psd": "picture", ".qoi": "picture",
    ".ico": "picture", ".icns": "picture", ".pfm": "picture",
    # Not .ts and .mts: in a folder those are mostly programs. Given by name they are recognised by content.
    ".mp4": "video", ".m4v": "video", ".mov": "video", ".avi": "video", ".mkv": "video", ".webm": "video",
    ".mpg": "video", ".mpeg": "video", ".m2ts": "video", ".wmv": "video", ".asf": "video", ".flv": "video",
    ".ogv": "video", ".3gp": "video", ".3g2": "video", ".mxf": "video", ".vob": "video",
    ".zip": "archive", ".cbz": "archive", ".tar": "archive", ".cbt": "archive", ".tgz": "archive", ".tbz": "archive",
    ".tbz2": "archive", ".txz": "archive", ".tzst": "archive",
    ".pcd": "cloud", ".bin": "cloud", ".ply": "cloud",
    ".pdf": "document",
}  # fmt: skip

_COMPRESSED = frozenset([".gz", ".bz2", ".xz", ".zst"])
"""After `.tar`."""

_TEMPORARY = frozenset(
    [".part", ".partial", ".tmp", ".temp", ".crdownload", ".download", ".filepart", ".incomplete", ".aria2"]
)


def kind_of_name(name: str) -> Kind | None:
    """What a file's extension says that it is; None for anything else."""
    at = name.rfind(".")
    if at > 0 and name[at - 1] not in "./\\" and (kind := _KINDS.get(name[at:].lower())):
        return kind  # nearly all, and fast
    stem, extension = os.path.splitext(name)
    extension = extension.lower()
    if extension in _COMPRESSED:
        return "archive" if stem.lower().endswith(".tar") else None
    return _KINDS.get(extension)


def is_hidden(name: str) -> bool:
    """Whether a file or folder is left out of recursive searches; `__MACOSX` is what macOS adds to zip archives."""
    return name.startswith(".") or name == "__MACOSX"


def is_temporary(name: str) -> bool:
    """Whether a file's name says that a program is still at it, or that it is nobody's picture.

    Hidden files, names with a tilde at the beginning or the end, and `.part`, `.tmp` and the like at the end or before
    the extension.
    """
    base = name.rpartition("/")[2].lower()
    if "~" not in base and base.count(".") < 2 and not base.startswith("."):
        return base[max(0, base.rfind(".")) :] in _TEMPORARY  # nearly all, and fast
    stem, extension = os.path.splitext(base)
    return (
        base.startswith((".", "~"))
        or stem.endswith("~")
        or base.endswith("~")
        or extension in _TEMPORARY
        or os.path.splitext(stem)[1] in _TEMPORARY
    )


def is_manifest(name: str) -> bool:
    """Whether a file is the list of a task's media rather than one of them."""
    return name.lower().endswith(".jsonl")


def check_frame_name(name: str) -> None:
    """Refuse names that no frame can have on every system: as `check_name`, and backslashes.

    Errors: InvalidMedia.
    """
    check_name(name)
    if "\\" in name:
        raise InvalidMedia(
            f"The name {name!r} holds a backslash, which other systems take for a folder.", hint="Rename it."
        )


def check_name(name: str) -> None:
    """Refuse names that cannot stand in a line of text: control characters, and bytes that are not UTF-8.

    Errors: InvalidMedia.
    """
    if name.isprintable():
        return  # nearly all, and fast
    hint = "Rename it."
    if any("\ud800" <= character <= "\udfff" for character in name):
        raise InvalidMedia(f"The name {name!a} is not valid UTF-8.", hint=hint)
    if any(character < " " or "\x7f" <= character < "\xa0" or character in "\u2028\u2029" for character in name):
        raise InvalidMedia(f"The name {name!r} holds a control character.", hint=hint)

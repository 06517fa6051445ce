"""The names that downloaded files get: of what servers say, what every system can have."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Container
from urllib.parse import unquote, urlsplit

from cvatcore.media.kinds import is_manifest, kind_of_name

MAX_BYTES = 200
"""Of a name: file systems take 255, and some is added to names that are there already."""

_EXTENSIONS = {
    "image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp", "image/bmp": ".bmp",
    "image/tiff": ".tif", "image/avif": ".avif", "image/apng": ".apng", "application/pdf": ".pdf",
    "application/zip": ".zip", "application/x-zip-compressed": ".zip", "application/x-tar": ".tar",
    "video/mp4": ".mp4", "video/quicktime": ".mov", "video/webm": ".webm", "video/x-matroska": ".mkv",
    "video/x-msvideo": ".avi", "video/mpeg": ".mpg", "video/ogg": ".ogv",
}  # fmt: skip

_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


def remote_name(url: str, *, final_url: str = "", disposition: str = "", content_type: str = "") -> str:
    """A name for the file of a URL.

    That of Content-Disposition, else the last one of the path that was asked for, else of where it led to. Where its
    ending says nothing the content type does.

    Args:
        url: what was asked for.
        final_url: what it led to.
        disposition: the header Content-Disposition.
        content_type: the header Content-Type.
    """
    candidates = [_of_header(disposition), _of_url(url), _of_url(final_url)]
    names = [safe_name(name) for name in candidates if name]
    for name in names:
        if kind_of_name(name) or is_manifest(name):
            return name
    extension = _EXTENSIONS.get(content_type.partition(";")[0].strip().lower(), "")
    stem = next((name for name in names if name), "download")
    return stem if os.path.splitext(stem)[1].lower() == extension else stem + extension


def safe_name(name: str) -> str:
    """The name without folders and without what not every system can have; empty where nothing is left."""
    plain = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    plain = re.sub(r'[:*?"<>|\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffd]', "_", plain).strip(" .")
    if not plain.strip("_"):
        return ""
    if _RESERVED.fullmatch(plain) or plain.lower() == "cvat.toml":
        plain = f"_{plain}"
    stem, extension = os.path.splitext(plain)
    extension = extension if len(extension.encode()) <= 20 else ""
    if not extension:
        stem = plain
    return _cut(stem, MAX_BYTES - len(extension.encode())) + extension


def free_of(name: str, taken: Container[str]) -> str:
    """The name, or one like it that is not taken in any case: `a.jpg`, `a_1.jpg`, `a_2.jpg`.

    Args:
        name: the wanted one.
        taken: names in lower case.
    """
    stem, extension = os.path.splitext(name)
    number = 0
    while (tried := f"{stem}_{number}{extension}" if number else name).lower() in taken:
        number += 1
    return tried


def _of_url(url: str) -> str:
    return unquote(urlsplit(url).path, errors="replace").rpartition("/")[2]


def _of_header(value: str) -> str:
    if not value:
        return ""
    from email.message import Message

    header = Message()
    try:
        header["Content-Disposition"] = re.sub(r"[\r\n]", " ", value)
        found = header.get_filename("")  # Reads both forms, `filename=` and `filename*=`.
    except (ValueError, LookupError):
        return ""
    # http.client reads headers as Latin-1; most servers write UTF-8.
    try:
        return str(found).encode("latin-1").decode("utf-8")
    except UnicodeError:
        return str(found)


def _cut(text: str, most: int) -> str:
    return text.encode()[:most].decode(errors="ignore")

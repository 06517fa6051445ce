"""Short names of pictures that change when the picture does: by the identity of the file, without reading it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from cvatcore.media.identity import file_identity

if TYPE_CHECKING:
    from cvatcore.media.frames import FrameReader
    from cvatcore.schema import Manifest

_MADE = "2"
"""Raised when pictures are made in another way than before."""


def picture_tag(reader: FrameReader, manifest: Manifest, numbers: Iterable[int], *, manner: str) -> str:
    """A name in hexadecimal of what is made of some frames.

    Args:
        reader: the frames of the task.
        manifest: its list of them.
        numbers: of the frames.
        manner: how it is made: kind, quality.

    Errors: NotFound, MissingMedia, InvalidMedia.
    """
    known: dict[Path, str] = {}
    parts = [_MADE, manner]
    for number in numbers:
        path = reader.source_file(number)
        if path not in known:
            known[path] = file_identity(path)
            parts.append(known[path])
        parts.append(manifest.frame_name(number))
    text = "\0".join(parts)
    return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()

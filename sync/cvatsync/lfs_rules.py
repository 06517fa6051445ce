"""The lines of `.gitattributes` and `.gitignore` that put a task's media under Git LFS, and take them out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from cvatcore.media.context_images import context_frames
from cvatcore.schema import Manifest, MediaSource
from cvatcore.store.layout import MEDIA

_ATTRIBUTES = "filter=lfs diff=lfs merge=lfs -text"
_ALL_IGNORED = f"/{MEDIA}/"
"""The line of a new workspace: git does not even look into the folder."""

_EACH_IGNORED = f"/{MEDIA}/*"
"""The same with a look: what is in it is ignored, but for what further lines name."""

_SPECIAL = re.compile(r"[\\*?\[]")


def attribute_lines(source: MediaSource, manifest: Manifest, *, number: int) -> tuple[str, ...]:
    """The lines for one source: a file by its name, a folder by the kinds of files that the task has of it."""
    path = "" if source.path == "." else _escaped(source.path) + "/"
    if source.kind != "folder":
        return (f"/{_escaped(source.path)} {_ATTRIBUTES}",)
    images = [image for image in (*manifest.images, *context_frames(manifest)) if image.source == number]
    files = {image.file: PurePosixPath(image.file).suffix for image in images}
    suffixes = sorted({suffix for suffix in files.values() if suffix})
    bare = sorted(file for file, suffix in files.items() if not suffix)
    return (
        *(f"/{path}**/*{_escaped(suffix)} {_ATTRIBUTES}" for suffix in suffixes),
        *(f"/{path}{_escaped(name)} {_ATTRIBUTES}" for name in bare),
    )


def with_lines(text: str, lines: Iterable[str]) -> str:
    """A file's text with lines that it lacks at its end."""
    known = set(text.splitlines())
    new = [line for line in lines if line not in known]
    if not new:
        return text
    return (text if not text or text.endswith("\n") else text + "\n") + "".join(f"{line}\n" for line in new)


def without_lines(text: str, lines: Iterable[str]) -> str:
    """A file's text without lines."""
    gone = set(lines)
    return "".join(line for line in text.splitlines(keepends=True) if line.rstrip("\r\n") not in gone)


def let_in(text: str, sources: Sequence[MediaSource]) -> str:
    """`.gitignore` with the media of these sources let in, where they lie in the folder of media that it leaves out."""
    names = _names_in_media(sources)
    if not names or not {_ALL_IGNORED, _EACH_IGNORED}.intersection(text.splitlines()):
        return text
    lines = [_EACH_IGNORED if line == _ALL_IGNORED else line for line in text.splitlines()]
    return with_lines("".join(f"{line}\n" for line in lines), (f"!/{MEDIA}/{name}" for name in names))


def leave_out(text: str, sources: Sequence[MediaSource]) -> str:
    """`.gitignore` as it was before `let_in`; the folder as a whole is left out again when nothing of it is let in."""
    left = without_lines(text, (f"!/{MEDIA}/{name}" for name in _names_in_media(sources)))
    lines = left.splitlines()
    if _EACH_IGNORED not in lines or any(line.startswith(f"!/{MEDIA}/") for line in lines):
        return left
    return "".join(f"{_ALL_IGNORED if line == _EACH_IGNORED else line}\n" for line in lines)


def _names_in_media(sources: Sequence[MediaSource]) -> list[str]:
    """What of the folder of media these sources are or lie in, as git writes it."""
    inside = [source.path.split("/") for source in sources if source.path.startswith(f"{MEDIA}/")]
    return sorted({_escaped(parts[1], spaces=False) for parts in inside})


def _escaped(path: str, *, spaces: bool = True) -> str:
    """A path as a pattern that is only for it. In `.gitattributes` a space ends the pattern."""
    plain = _SPECIAL.sub(r"\\\g<0>", path)
    return plain.replace(" ", "[[:space:]]") if spaces else plain

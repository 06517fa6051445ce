"""Which media of a task are on this machine."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from pathlib import Path

import msgspec

from cvatcore.errors import CvatError
from cvatcore.media.archive.opening import known_members
from cvatcore.media.archive.unpacked import unpacked_folder
from cvatcore.media.identity import inner_file, source_path
from cvatcore.media.mapping import MediaMap, located
from cvatcore.media.pointers import is_pointer
from cvatcore.schema import DataSpec, ImageFrame, Manifest, MediaSource, SourceKind


class SourcePresence(msgspec.Struct, frozen=True):
    """One source of a task, and how much of it is here."""

    kind: SourceKind
    path: str
    """As task.json has it."""
    place: str
    """Where it is looked for on this machine."""
    mapped: bool
    """Whether a rule of `.cvat/media.toml` says so."""
    frames: int
    """The frames that come from it."""
    missing: int
    """Those of them whose picture is not here."""
    unfetched: int
    """Those of the missing ones that are here as pointers of Git LFS."""
    first: str = ""
    """The name of the first missing frame."""

    @property
    def remedy(self) -> str:
        """A command that brings what is missing; empty where nothing is."""
        if not self.missing:
            return ""
        if self.unfetched == self.missing:
            return "git lfs pull"
        return f"cvat media map {shlex.quote(self.path)} {'FOLDER' if self.kind == 'folder' else 'FILE'}"


class Presence(msgspec.Struct, frozen=True):
    """A task's media as this machine has them."""

    sources: tuple[SourcePresence, ...]
    missing: tuple[int, ...]
    """The frames whose pictures are not here, ascending."""

    @property
    def unfetched(self) -> int:
        """Frames that are missing only because their contents were not fetched by Git LFS."""
        return sum(source.unfetched for source in self.sources)


def look_for_media(data: DataSpec, manifest: Manifest, *, root: Path, known: MediaMap, task: int) -> Presence:
    """Look which files of a task are there, without reading pictures: one look a file, none where a folder is gone.

    A file that cannot be read, or is no longer what it was, counts as there: that is for `cvat validate` to say.

    Args:
        data: the task's sources.
        manifest: its frames.
        root: the workspace.
        known: where media lie on this machine.
        task: the task's id.
    """
    here = located(data, known, task=task)
    frames = _frames_by_source(manifest, len(data.sources))
    missing: list[int] = []
    sources = []
    for number, source in enumerate(data.sources):
        mine = frames[number]
        lacking, unfetched = _lacking(here.sources[number], mine, manifest, root=root)
        missing += lacking
        sources.append(
            SourcePresence(
                kind=source.kind,
                path=source.path,
                place=str(source_path(here.sources[number], root=root)),
                mapped=known.rule_for(source.path, task=task) is not None,
                frames=len(mine),
                missing=len(lacking),
                unfetched=unfetched,
                first=_name(manifest, lacking[0]) if lacking else "",
            )
        )
    missing += frames[-1]  # They name a source that the task does not have.
    return Presence(sources=tuple(sources), missing=tuple(sorted(missing)))


def _frames_by_source(manifest: Manifest, sources: int) -> list[list[int]]:
    """The frames of each source, and in the last place those of none."""
    found: list[list[int]] = [[] for _ in range(sources + 1)]
    if manifest.video:
        found[0].extend(range(manifest.size))
        return found
    for number, image in enumerate(manifest.images):
        found[min(image.source, sources)].append(number)
    return found


def _lacking(source: MediaSource, frames: list[int], manifest: Manifest, *, root: Path) -> tuple[list[int], int]:
    """The missing frames of a source, and how many of them are pointers of Git LFS."""
    path = str(source_path(source, root=root))
    if source.kind == "folder":
        if not os.path.isdir(path):
            return frames, 0
        return _lacking_files(source, frames, manifest, folder=path)
    try:
        size = os.stat(path).st_size
    except (FileNotFoundError, NotADirectoryError):
        return frames, 0
    except OSError:
        return [], 0
    if is_pointer(path, size=size):
        return frames, len(frames)
    if source.kind == "video":
        return [], 0
    return _lacking_members(source, frames, manifest, archive=Path(path), root=root), 0


def _lacking_files(source: MediaSource, frames: list[int], manifest: Manifest, *, folder: str) -> tuple[list[int], int]:
    lacking: list[int] = []
    unfetched = 0
    for number, image in _images(frames, manifest):
        path = f"{folder}/{inner_file(source, image)}"
        try:
            size = os.stat(path).st_size
        except (FileNotFoundError, NotADirectoryError):
            lacking.append(number)
            continue
        except OSError:
            continue
        if size != image.bytes and is_pointer(path, size=size):
            lacking.append(number)
            unfetched += 1
    return lacking, unfetched


def _lacking_members(
    source: MediaSource, frames: list[int], manifest: Manifest, *, archive: Path, root: Path
) -> list[int]:
    try:
        members = known_members(archive, unpacked=unpacked_folder(root))
    except CvatError:
        return []
    if members is None:
        return []  # To unpack it takes longer than a look may.
    return [number for number, image in _images(frames, manifest) if inner_file(source, image) not in members]


def _images(frames: list[int], manifest: Manifest) -> Iterator[tuple[int, ImageFrame]]:
    return ((number, manifest.images[number]) for number in frames)


def _name(manifest: Manifest, number: int) -> str:
    return manifest.video.name if manifest.video else manifest.frame_name(number)

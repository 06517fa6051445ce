"""From the media of some inputs to the files that become frames: their sources, names, order and context images."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from cvatcore.errors import InvalidMedia
from cvatcore.media.archive.opening import list_frames, open_archive
from cvatcore.media.archive.unpacked import unpacked_folder
from cvatcore.media.collecting import Collected
from cvatcore.media.context import RELATED, pair
from cvatcore.media.given_manifest import GivenFrame, GivenManifest
from cvatcore.media.kinds import check_name
from cvatcore.media.options import ScanOptions
from cvatcore.media.ordering import arrange
from cvatcore.media.selecting import name_filter
from cvatcore.schema import MediaSource, SourceKind
from cvatcore.schema.manifest import CLOUD_SUFFIXES


class Listing(msgspec.Struct, frozen=True):
    """The files that become frames, in their order; nothing of them was read."""

    sources: tuple[MediaSource, ...]
    names: list[str]
    """With the prefixes of their sources."""
    origins: list[int]
    """The source of each."""
    related: dict[str, tuple[str, ...]]
    """The context images of those files that have any."""
    given: dict[str, GivenFrame]
    """What a manifest says of frames, by their names."""
    remarks: tuple[str, ...] = ()


class _Found(msgspec.Struct):
    """What becomes known of files on the way."""

    names: list[str] = []
    origins: list[int] = []
    related: dict[str, tuple[str, ...]] = {}
    remarks: list[str] = []

    def keep(self, positions: Sequence[int]) -> None:
        self.names = [self.names[position] for position in positions]
        self.origins = [self.origins[position] for position in positions]


def list_media(
    found: Collected,
    *,
    root: Path,
    options: ScanOptions,
    manifest: GivenManifest | None = None,
    tick: Callable[[], None] | None = None,
) -> Listing:
    """List, pair, choose and sort the files of some inputs.

    Args:
        found: the inputs; no video.
        root: the workspace.
        options: how they are chosen and sorted.
        manifest: one that came with them.
        tick: called now and then while archives are unpacked.

    Errors: InvalidMedia; InvalidDocument where the manifest is of other media.
    """
    sources: list[MediaSource] = []
    listed = _Found()
    is_taken = name_filter("", options.exclude)
    if found.files:
        sources.append(source_at("folder", found.base, root=root))
        files = [name for name in found.files if is_taken(name)] if options.exclude else list(found.files)
        _add(listed, files, source=0, prefix="", place=str(found.base))
    is_lone = len(found.names) == 1
    for archive in sorted(found.archives):
        path = found.base / archive
        prefix = "" if is_lone else archive
        inside = _list_archive(path, root=root, tick=tick)
        before = f"{prefix}/" if prefix else ""
        kept = [name for name in inside if is_taken(before + name)]
        _add(listed, kept, source=len(sources), prefix=before, place=str(path))
        sources.append(source_at("archive", path, root=root, prefix=prefix))
    given: dict[str, GivenFrame] = {}
    if manifest:
        given = _matched(manifest, listed, base=found.base)
    if options.pattern:
        matches = name_filter(options.pattern, ())
        listed.keep([position for position, name in enumerate(listed.names) if matches(name)])
    _check_dimension(listed.names)
    if not listed.names:
        raise InvalidMedia("No picture is left of the media given.", hint="Check the pattern and what is excluded.")
    _sort(listed, found, options, manifest, given)
    return Listing(
        sources=tuple(sources),
        names=listed.names,
        origins=listed.origins,
        related=listed.related,
        given=given,
        remarks=tuple(listed.remarks),
    )


def source_at(kind: SourceKind, path: Path, *, root: Path, prefix: str = "") -> MediaSource:
    """A source by its path below the workspace where it lies there, whether or not either is reached by a link.

    Errors: InvalidMedia for a path that stands in no line.
    """
    for inside, outside in ((path, Path(os.path.abspath(root))), (path.resolve(), root.resolve())):
        if inside.is_relative_to(outside):
            return MediaSource(kind=kind, path=inside.relative_to(outside).as_posix(), prefix=prefix)
    check_name(path.as_posix())
    return MediaSource(kind=kind, path=path.as_posix(), prefix=prefix)


def _list_archive(path: Path, *, root: Path, tick: Callable[[], None] | None) -> list[str]:
    name = str(path)
    with open_archive(path, name=name, unpacked=unpacked_folder(root), tick=tick) as archive:
        found = list_frames(archive)
    if not found:
        raise InvalidMedia(f"{name} holds no pictures.", hint="Archives within it are not opened: unpack it first.")
    return found


def _add(listed: _Found, names: list[str], *, source: int, prefix: str, place: str) -> None:
    """Take the files of a source in, but for those that are context images of others."""
    frames: Sequence[str] = names
    if any(RELATED in name or _is_cloud(name) for name in names):
        paired = pair(names)
        frames = paired.frames
        _check_mixed(paired.strays, shown=sum(map(len, paired.related.values())), frames=frames, place=place)
        listed.related |= {
            prefix + frame: tuple(prefix + image for image in images) for frame, images in paired.related.items()
        }
        listed.remarks += paired.remarks
    listed.names += [prefix + name for name in frames] if prefix else frames
    listed.origins += [source] * len(frames)


def _is_cloud(name: str) -> bool:
    return name[-4:].lower() in CLOUD_SUFFIXES


def _check_mixed(strays: Sequence[str], *, shown: int, frames: Sequence[str], place: str) -> None:
    """Refuse pictures among point clouds that are no context images of theirs, unless they are few."""
    strange = [name for name in strays if RELATED not in name.split("/")]
    if len(strange) > shown and frames:
        raise InvalidMedia(
            f"{place} holds point clouds and pictures, {frames[0]!r} and {strange[0]!r} among them, and a task has "
            "either.",
            hint=f"Make a task for each, or exclude one kind: *{os.path.splitext(frames[0])[1]}.",
        )


def _check_dimension(names: Sequence[str]) -> None:
    clouds = [name for name in names if _is_cloud(name)]
    if clouds and len(clouds) < len(names):
        picture = next(name for name in names if not _is_cloud(name))
        raise InvalidMedia(
            f"A task cannot have both point clouds and pictures: {clouds[0]!r} and {picture!r}.",
            hint="Make a task for each.",
        )


def _sort(
    listed: _Found,
    found: Collected,
    options: ScanOptions,
    manifest: GivenManifest | None,
    given: dict[str, GivenFrame],
) -> None:
    order: Sequence[str] = options.order
    if options.sorting == "predefined":
        if manifest and not order:
            # A file of several pages stands where its first page does.
            files = set(listed.names)
            order = list(dict.fromkeys(_file_of(name, files) for name in given))
            order = [name for name in order if name in files]
        elif found.archives and not order:
            raise InvalidMedia(
                f"The pictures in {sorted(found.archives)[0]} have no order of their own.",
                hint="Give a manifest.jsonl next to the archive, or another sorting.",
            )
        order = _below_base(order, set(listed.names), found.base)
    listed.keep(arrange(listed.names, sorting=options.sorting, seed=options.seed, order=order))


def _below_base(order: Sequence[str], names: set[str], base: Path) -> Sequence[str]:
    """Names that may count from a folder above as names below `base`."""
    if not order:
        return order
    for prefix in _prefixes(base):
        if order[0].startswith(prefix) and order[0].removeprefix(prefix) in names:
            return [name.removeprefix(prefix) for name in order] if prefix else order
    return order


def _prefixes(base: Path) -> list[str]:
    """What names may begin with that count from `base`, or from a folder above it."""
    parts = base.parts[1:] if base.anchor else base.parts
    return ["", *("/".join(parts[-count:]) + "/" for count in range(1, len(parts) + 1)), f"{base.as_posix()}/"]


def _matched(manifest: GivenManifest, listed: _Found, *, base: Path) -> dict[str, GivenFrame]:
    """What a manifest says of frames, by the names that they have here; its context images are no frames.

    Errors: InvalidDocument where it is of a video, or does not list just these files.
    """
    if manifest.video:
        raise manifest.wrong("It describes a video, and the media given are pictures.", line=2)
    files = set(listed.names)
    shown = {image for images in listed.related.values() for image in images}
    first = manifest.frames[0].path
    prefix = next((before for before in _prefixes(base) if _is_known(first, before, files)), "")
    given: dict[str, GivenFrame] = {}
    seen: set[str] = set()
    context: set[str] = set()
    for frame in manifest.frames:
        name = frame.path.removeprefix(prefix)
        file = _file_of(name, files)
        if file not in files:
            what = "is a context image of another frame" if name in shown else "is not among the media given"
            raise manifest.wrong(f"{frame.path!r} {what}.", line=frame.line)
        given[name] = frame
        seen.add(file)
        if frame.related:
            images = tuple(image.replace("\\", "/").removeprefix(prefix) for image in frame.related)
            for image in images:
                if image not in files and image not in shown:
                    raise manifest.wrong(f"The context image {image!r} is not among the media given.", line=frame.line)
            listed.related[file] = images
            context.update(images)
    context -= seen
    if extra := sorted(files - seen - context):
        raise manifest.wrong(f"{extra[0]!r} is among the media given, but on no line.")
    if context:
        listed.keep([position for position, name in enumerate(listed.names) if name not in context])
    return given


def _is_known(name: str, prefix: str, files: set[str]) -> bool:
    return name.startswith(prefix) and _file_of(name.removeprefix(prefix), files) in files


def _file_of(name: str, files: set[str]) -> str:
    """The file of a frame: itself, or that of its page."""
    if name in files:
        return name
    parent = name.rpartition("/")[0]
    return parent if parent in files else name

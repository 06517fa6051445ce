"""The frames of a task, to which both sides may have appended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from cvatcore.merge.conflict_ids import conflict_of
from cvatcore.merge.fields import Rules, merge_struct
from cvatcore.merge.picking import Met, pick
from cvatcore.merge.shifting import FrameShift
from cvatcore.schema import ConflictDocument, FieldConflict, ImageFrame, Manifest, VideoProperties

_RULES: Rules = {}

Media = TypeVar("Media", ImageFrame, VideoProperties)

_Name = tuple[int, str, str]


class MergedManifest(msgspec.Struct, frozen=True):
    """The frames of a task as both sides have them."""

    manifest: Manifest
    shift: FrameShift | None
    """How the frames of theirs moved; None when they did not."""
    conflicts: tuple[ConflictDocument, ...]


def merge_manifests(bases: Sequence[Manifest], ours: Manifest, theirs: Manifest, *, task: int) -> MergedManifest:
    """Merge two manifests.

    Where both sides appended frames, ours come first and theirs follow, equal ones once; so frames of theirs get other
    numbers, and everything of theirs that names them must be moved (`shift_frames`) before it is merged. Frames are
    equal by their path and source; lengths and checksums that one side filled in are taken. Where one side alone
    removed or reordered frames its list is taken; where both did, ours stays and the lists are a conflict.
    """
    met: Met = []
    if ours.video or theirs.video:
        merged = _merge_videos(bases, ours, theirs, met)
        shift = None
    else:
        merged, shift = _merge_images(bases, ours, theirs, met)
    conflicts = (conflict_of("manifest", met, task=task),) if met else ()
    return MergedManifest(merged, shift, conflicts)


def _merge_videos(bases: Sequence[Manifest], ours: Manifest, theirs: Manifest, met: Met) -> Manifest:
    if not (ours.video and theirs.video):
        return pick(bases, ours, theirs, field="type", met=met)
    before = [base.video for base in bases if base.video]
    return Manifest(video=_filled(before, ours.video, theirs.video, "video.", met))


def _merge_images(
    bases: Sequence[Manifest], ours: Manifest, theirs: Manifest, met: Met
) -> tuple[Manifest, FrameShift | None]:
    our_names, their_names = _names(ours), _names(theirs)
    known = [_names(base) for base in bases if not base.video]
    order, shift = _order(known, our_names, their_names, met)
    sides = [dict(zip(names, side.images, strict=True)) for names, side in ((our_names, ours), (their_names, theirs))]
    before = [
        dict(zip(names, base.images, strict=True))
        for names, base in zip(known, (base for base in bases if not base.video), strict=True)
    ]
    images: list[ImageFrame] = []
    for number, name in enumerate(order):
        our, their = sides[0].get(name), sides[1].get(name)
        if our is None or their is None:
            images += [one for one in (our, their) if one is not None]
        elif our == their:
            images.append(our)
        else:
            ancestors = [base[name] for base in before if name in base]
            images.append(_filled(ancestors, our, their, f"frames.{number}.", met))
    return Manifest(images=tuple(images)), shift


def _order(
    bases: Sequence[Sequence[_Name]], ours: Sequence[_Name], theirs: Sequence[_Name], met: Met
) -> tuple[Sequence[_Name], FrameShift | None]:
    if ours == theirs:
        return ours, None
    length = max((len(base) for base in bases), default=0)
    appended = bases and all(ours[: len(base)] == base and theirs[: len(base)] == base for base in bases)
    if appended:
        known = {name: number for number, name in enumerate(ours)}
        order = [*ours, *(name for name in theirs[length:] if name not in known)]
        places = {name: number for number, name in enumerate(order)}
        frames = tuple(places[name] for name in theirs[length:])
        moved = frames != tuple(range(length, length + len(frames)))
        return order, FrameShift(length, frames) if moved else None
    names = [[_path(name) for name in side] for side in (ours, theirs)]
    if bases and all(base == theirs for base in bases):
        return ours, None
    if bases and all(base == ours for base in bases):
        return theirs, None
    base = [_path(name) for name in bases[0]] if bases else None
    met.append(FieldConflict(field="frames", base=base, ours=names[0], theirs=names[1]))
    return ours, None


def _filled(bases: Sequence[Media], ours: Media, theirs: Media, at: str, met: Met) -> Media:
    """One frame of two; what only one side knows (a length, a checksum) is taken from there."""
    ours, theirs = _completed(ours, theirs), _completed(theirs, ours)
    return merge_struct(bases, ours, theirs, met=met, rules=_RULES, at=at)


def _completed(media: Media, other: Media) -> Media:
    known = {
        name: getattr(other, name)
        for name in ("bytes", "checksum")
        if getattr(other, name) and not getattr(media, name)
    }
    return msgspec.structs.replace(media, **known) if known else media


def _names(manifest: Manifest) -> list[_Name]:
    return [(image.source, image.name, image.extension) for image in manifest.images]


def _path(name: _Name) -> str:
    return name[1] + name[2]

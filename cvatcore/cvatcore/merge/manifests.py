"""The frames of a task, to which both sides may have appended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from cvatcore.merge.conflict_ids import conflict_of
from cvatcore.merge.fields import Rules, merge_struct
from cvatcore.merge.picking import Met, is_unchanged, pick
from cvatcore.merge.shifting import FrameShift
from cvatcore.schema import ConflictDocument, FieldConflict, ImageFrame, Manifest, VideoProperties

Media = TypeVar("Media", ImageFrame, VideoProperties)

_Name = tuple[str, str, int]
"""What a frame is known by: its name and extension, and which of several of that name it is."""


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
    equal by their path, for a name is one frame's; one that both sides added has the source that ours gives it. One
    whose file one side found under another path, with the same checksum, is the same frame and has that path. Lengths
    and checksums that one side filled in are taken. Where one side alone removed or reordered frames its list is taken;
    where both did, ours stays and the lists are a conflict.
    """
    met: Met = []
    if ours.video or theirs.video:
        merged = _merge_videos(bases, ours, theirs, met)
        shift = None
    else:
        merged, shift = _merge_images(bases, ours, theirs, met)
    taken = {
        field: pick(
            [getattr(base, field) for base in bases], getattr(ours, field), getattr(theirs, field), field=field, met=met
        )
        for field in ("start", "step", "stop")
    }
    merged = msgspec.structs.replace(merged, **taken)
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
    known = [_by_name(base) for base in bases]
    our_images, their_images = _as_before(known, _by_name(ours)), _as_before(known, _by_name(theirs))
    order, shift = _order([list(base) for base in known], list(our_images), list(their_images), met)
    images: list[ImageFrame] = []
    for name in order:
        our, their = our_images.get(name), their_images.get(name)
        if our is None or their is None or our == their:
            images += [one for one in (our or their,) if one is not None]
        else:
            ancestors = [base[name] for base in known if name in base]
            images.append(_filled(ancestors, our, their, f"frames.{our.path}.", met))
    return Manifest(images=tuple(images)), shift


def _order(
    bases: Sequence[list[_Name]], ours: list[_Name], theirs: list[_Name], met: Met
) -> tuple[list[_Name], FrameShift | None]:
    if ours == theirs or is_unchanged(bases, theirs):
        return ours, None
    if is_unchanged(bases, ours):
        return theirs, None
    if all(side[: len(base)] == base for base in bases for side in (ours, theirs)):
        length = max((len(base) for base in bases), default=0)
        known = set(ours)
        order = [*ours, *(name for name in theirs[length:] if name not in known)]
        places = {name: number for number, name in enumerate(order)}
        frames = tuple(places[name] for name in theirs[length:])
        is_moved = frames != tuple(range(length, length + len(frames)))
        return order, FrameShift(length, frames) if is_moved else None
    base = [_path(name) for name in bases[0]] if bases else None
    our_paths, their_paths = ([_path(name) for name in side] for side in (ours, theirs))
    met.append(FieldConflict(field="frames", base=base, ours=our_paths, theirs=their_paths))
    return ours, None


def _filled(bases: Sequence[Media], ours: Media, theirs: Media, at: str, met: Met) -> Media:
    """One frame of two; what only one side knows (a length, a checksum) is taken from there."""
    ours, theirs = _completed(ours, theirs), _completed(theirs, ours)
    return merge_struct(bases, ours, theirs, met=met, rules=_RULES, at=at)


def _merge_source(bases: Sequence[int], ours: int, theirs: int, field: str, met: Met) -> int:
    """Which source a frame is from: two that added one frame have it in two places, which are not theirs to settle."""
    return theirs if is_unchanged(bases, ours) else ours


_RULES: Rules = {ImageFrame: {"source": _merge_source}}


def _completed(media: Media, other: Media) -> Media:
    known = {
        name: getattr(other, name)
        for name in ("bytes", "checksum")
        if getattr(other, name) and not getattr(media, name)
    }
    return msgspec.structs.replace(media, **known) if known else media


def _by_name(manifest: Manifest) -> dict[_Name, ImageFrame]:
    found: dict[_Name, ImageFrame] = {}
    for image in manifest.images:
        copy = 0
        while (name := (image.name, image.extension, copy)) in found:
            copy += 1  # The same picture twice is two frames.
        found[name] = image
    return found


def _as_before(bases: Sequence[dict[_Name, ImageFrame]], side: dict[_Name, ImageFrame]) -> dict[_Name, ImageFrame]:
    """A side's frames by the names that they had before; those whose file was moved have others now.

    Such a frame has its number still, and the contents that it had.
    """
    for base in bases:
        moved = {
            now: before
            for before, now in zip(base, side, strict=False)
            if before != now
            and base[before].checksum
            and base[before].checksum == side[now].checksum
            and base[before].page == side[now].page
            and before not in side
            and now not in base
        }
        if moved:
            side = {moved.get(name, name): image for name, image in side.items()}
    return side


def _path(name: _Name) -> str:
    return name[0] + name[1]

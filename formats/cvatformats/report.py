"""What went in, what came out, and what could not be carried: the answer to every export and import."""

from __future__ import annotations

from collections import Counter

import msgspec

_NAMED = 5
"""Missing pictures that a line names."""

_PLURALS = {"points": "point sets", "box": "boxes", "mask": "masks", "source": "origins", "keypoints": "keypoint sets"}


class Loss(msgspec.Struct, frozen=True):
    """Something that could not be carried, counted by kind.

    With `partial` the objects themselves were carried, and only this of each was not.
    """

    kind: str
    """What it is, in the singular: `tag`, `polyline`, `group` …"""
    count: int
    reason: str
    """The end of a sentence: `COCO 1.0 does not hold them`."""
    partial: bool = False

    def __str__(self) -> str:
        return f"{amount(self.count, self.kind)}: {self.reason}"


class ExportReport(msgspec.Struct, frozen=True):
    """What an export did. `objects == written + united + objects_lost(report)`."""

    format: str
    """The title, as `COCO 1.0`."""
    path: str
    frames: int
    """Frames in the file."""
    objects: int
    """Shapes, tags and tracks that the task has."""
    written: int
    """Those of them that the file holds."""
    entries: int
    """The lines or elements that hold them: a track has one a frame where the format has no tracks."""
    united: int = 0
    """Objects on frames of two jobs that were the same as one of the other job, and so written once."""
    images: int = 0
    """Pictures in the file."""
    images_missing: tuple[str, ...] = ()
    """Pictures that were asked for and are not on this machine, by their names in the file: they were left out."""
    lost: tuple[Loss, ...] = ()


class ImportReport(msgspec.Struct, frozen=True):
    """What an import did. `objects == written + objects_lost(report)`."""

    format: str
    path: str
    frames: int
    """Frames of the task that got objects."""
    objects: int
    """Objects that the file has."""
    written: int
    """Those of them that are in the task now."""
    saved: int
    """The objects of all jobs now: one on frames of two jobs is in both, one of several polygons counts each."""
    removed: int
    """The objects that were there before and were replaced."""
    jobs: int
    lost: tuple[Loss, ...] = ()


class Losses:
    """Counts losses while a file is written or read."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[bool, str, str]] = Counter()

    def whole(self, kind: str, reason: str, *, count: int = 1) -> None:
        """Objects that are not carried."""
        self._counts[False, kind, reason] += count

    def partial(self, kind: str, reason: str, *, count: int = 1) -> None:
        """Something of objects that are carried otherwise."""
        if count:
            self._counts[True, kind, reason] += count

    @property
    def objects(self) -> int:
        """How many whole objects are not carried."""
        return sum(count for (partial, _, _), count in self._counts.items() if not partial)

    def report(self) -> tuple[Loss, ...]:
        """The losses so far, whole objects first, each part sorted by kind."""
        return tuple(
            Loss(kind=kind, count=count, reason=reason, partial=partial)
            for (partial, kind, reason), count in sorted(self._counts.items())
        )


def objects_lost(report: ExportReport | ImportReport) -> int:
    """How many whole objects a report says were not carried."""
    return sum(loss.count for loss in report.lost if not loss.partial)


def counts_agree(report: ExportReport | ImportReport) -> bool:
    """Whether every object that went in is accounted for."""
    united = report.united if isinstance(report, ExportReport) else 0
    return report.objects == report.written + united + objects_lost(report)


def report_lines(report: ExportReport | ImportReport) -> list[str]:
    """A report as lines for a person."""
    if isinstance(report, ExportReport):
        lines = [
            f"{amount(report.objects, 'object')} read, {report.written} written to {report.path} ({report.format})."
        ]
        lines.append(f"{amount(report.frames, 'frame')}, {amount(report.entries, 'annotation')}.")
        if report.images:
            lines.append(f"{amount(report.images, 'picture')} included.")
        if missing := report.images_missing:
            more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
            names = ", ".join(missing[:_NAMED])
            lines.append(f"{amount(len(missing), 'picture')} not on this machine and left out: {names}{more}.")
        if report.united:
            lines.append(f"{amount(report.united, 'object')} on frames of two jobs united.")
    else:
        lines = [
            f"{amount(report.objects, 'object')} read from {report.path} ({report.format}), {report.written} written."
        ]
        lines.append(
            f"{amount(report.saved, 'object')} on {amount(report.frames, 'frame')} in {amount(report.jobs, 'job')}; "
            f"{report.removed} replaced."
        )
    if report.lost:
        lines.append("Not carried:")
        lines += [f"  {loss}" for loss in report.lost]
    return lines


def amount(count: int, kind: str) -> str:
    """A number and what it counts, as `3 tags`."""
    if count == 1:
        return f"1 {_PLURALS[kind].removesuffix('s') if kind == 'points' else kind}"
    return f"{count} {_PLURALS.get(kind, kind + 's')}"

"""How many objects there are, by label and kind, in jobs, tasks or the whole workspace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from cvatcore.schema import Annotations, JobStage, JobState, Track, find_label
from cvatcore.schema.label import Label

if TYPE_CHECKING:
    from cvatcore.workspace.job import JobView


class LabelStatistics(msgspec.Struct, frozen=True):
    """The objects of one label."""

    label: str
    shapes: dict[str, int] = {}
    """Shapes and tags on single frames, by type."""
    tracks: dict[str, int] = {}
    """Tracks, by the type of their first keyframe."""
    keyframes: int = 0
    """Keyframes of the tracks at which they are seen."""
    interpolated: int = 0
    """Frames on which a track is seen between its keyframes, or after the last one up to the end of its job."""

    @property
    def objects(self) -> int:
        """Shapes, tags and tracks."""
        return sum(self.shapes.values()) + sum(self.tracks.values())

    @property
    def manual(self) -> int:
        """What was drawn on a frame: shapes, tags and keyframes."""
        return sum(self.shapes.values()) + self.keyframes

    @property
    def total(self) -> int:
        """What is seen, over all frames."""
        return self.manual + self.interpolated


class JobStatistics(msgspec.Struct, frozen=True):
    """What one job holds, as its files have it: what lies on deleted frames counts too."""

    task: int
    job: int
    start: int
    stop: int
    stage: JobStage
    state: JobState
    annotated_frames: int
    """Frames with a shape, a tag or a keyframe."""
    labels: tuple[LabelStatistics, ...]
    """Sorted by name."""

    @property
    def frames(self) -> int:
        """The frames that it has."""
        return self.stop - self.start + 1

    @property
    def objects(self) -> int:
        """Shapes, tags and tracks of all labels."""
        return sum(label.objects for label in self.labels)


def job_statistics(job: JobView) -> JobStatistics:
    """Count what a job holds.

    Errors: InvalidDocument that names file and line.
    """
    document, annotations = job.document, job.annotations
    labels, frames = count_objects(annotations, labels=job.labels, stop=document.stop)
    return JobStatistics(
        task=job.task.id,
        job=job.id,
        start=document.start,
        stop=document.stop,
        stage=document.stage,
        state=document.state,
        annotated_frames=frames,
        labels=labels,
    )


def count_objects(
    annotations: Annotations, *, labels: tuple[Label, ...], stop: int
) -> tuple[tuple[LabelStatistics, ...], int]:
    """The objects by label, and on how many frames something was drawn; `stop` is the last frame of the job."""
    shapes: Counter[tuple[str, str]] = Counter((shape.label, shape.type) for shape in annotations.shapes)
    tracks: Counter[tuple[str, str]] = Counter()
    keyframes: Counter[str] = Counter()
    between: Counter[str] = Counter()
    frames = {shape.frame for shape in annotations.shapes}
    for track in annotations.tracks:
        tracks[track.label, _kind(track)] += 1
        seen, filled = _frames_of(track, stop)
        keyframes[track.label] += seen
        between[track.label] += filled
        frames.update(keyframe.frame for keyframe in track.keyframes)
    names = {name for name, _ in shapes} | {name for name, _ in tracks}
    # A former name of a label counts for the label.
    shown = {name: found.name if (found := find_label(labels, name)) else name for name in names}
    whole = [
        LabelStatistics(
            label=title,
            shapes=_sum(shapes, {name for name in names if shown[name] == title}),
            tracks=_sum(tracks, {name for name in names if shown[name] == title}),
            keyframes=sum(keyframes[name] for name in names if shown[name] == title),
            interpolated=sum(between[name] for name in names if shown[name] == title),
        )
        for title in sorted(set(shown.values()))
    ]
    return tuple(whole), len(frames)


def total_by_label(parts: Iterable[JobStatistics]) -> tuple[LabelStatistics, ...]:
    """The labels of several jobs together, sorted by name. An object in two jobs counts twice."""
    sums: dict[str, LabelStatistics] = {}
    for part in parts:
        for one in part.labels:
            other = sums.get(one.label, LabelStatistics(label=one.label))
            sums[one.label] = LabelStatistics(
                label=one.label,
                shapes=dict(sorted((Counter(one.shapes) + Counter(other.shapes)).items())),
                tracks=dict(sorted((Counter(one.tracks) + Counter(other.tracks)).items())),
                keyframes=one.keyframes + other.keyframes,
                interpolated=one.interpolated + other.interpolated,
            )
    return tuple(sums[name] for name in sorted(sums))


def _sum(counts: Counter[tuple[str, str]], names: set[str]) -> dict[str, int]:
    merged: Counter[str] = Counter()
    for (name, kind), number in counts.items():
        if name in names:
            merged[kind] += number
    return dict(sorted(merged.items()))


def _kind(track: Track) -> str:
    if track.keyframes:
        return track.keyframes[0].type
    return "skeleton" if track.elements else "tag"


def _frames_of(track: Track, stop: int) -> tuple[int, int]:
    """At how many keyframes a track is seen, and on how many frames between and after them."""
    seen = filled = 0
    keys = track.keyframes
    for here, following in zip(keys, (*keys[1:], None), strict=True):
        if not here.outside:
            seen += 1
            filled += max((following.frame if following else stop + 1) - here.frame - 1, 0)
    return seen, filled

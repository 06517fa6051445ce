"""How many objects there are, by label and kind, in jobs, tasks or the whole workspace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec

from cvatcore.schema import Annotations, JobStage, JobState, JobType, Track, find_label, frame_count
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
    type: JobType
    start: int
    stop: int
    frames: int
    """How many it has: of ground truth fewer than lie between the two."""
    stage: JobStage
    state: JobState
    annotated_frames: int
    """Frames with a shape, a tag or a keyframe."""
    labels: tuple[LabelStatistics, ...]
    """Sorted by name."""

    @property
    def objects(self) -> int:
        """Shapes, tags and tracks of all labels."""
        return sum(label.objects for label in self.labels)


def job_statistics(job: JobView) -> JobStatistics:
    """Count what a job holds.

    Errors: InvalidDocument that names file and line.
    """
    from cvatcore.workspace.job_facts import job_facts

    document, facts = job.document, job_facts(job)
    return JobStatistics(
        task=job.task.id,
        job=job.id,
        type=document.type,
        start=document.start,
        stop=document.stop,
        frames=frame_count(document),
        stage=document.stage,
        state=document.state,
        annotated_frames=facts.frames,
        labels=by_present_name(facts.labels, job.labels),
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
    by_name = [
        LabelStatistics(
            label=name,
            shapes=_of(shapes, name),
            tracks=_of(tracks, name),
            keyframes=keyframes[name],
            interpolated=between[name],
        )
        for name in names
    ]
    return by_present_name(by_name, labels), len(frames)


def by_present_name(parts: Iterable[LabelStatistics], labels: tuple[Label, ...]) -> tuple[LabelStatistics, ...]:
    """The same objects by the names that their labels have now, sorted: a former name counts for the label."""
    return _added(
        msgspec.structs.replace(part, label=found.name if (found := find_label(labels, part.label)) else part.label)
        for part in parts
    )


def total_by_label(parts: Iterable[JobStatistics]) -> tuple[LabelStatistics, ...]:
    """The labels of several jobs together, sorted by name. An object in two jobs counts twice."""
    return _added(one for part in parts for one in part.labels)


def _added(parts: Iterable[LabelStatistics]) -> tuple[LabelStatistics, ...]:
    sums: dict[str, LabelStatistics] = {}
    for one in parts:
        other = sums.get(one.label, LabelStatistics(label=one.label))
        sums[one.label] = LabelStatistics(
            label=one.label,
            shapes=dict(sorted((Counter(one.shapes) + Counter(other.shapes)).items())),
            tracks=dict(sorted((Counter(one.tracks) + Counter(other.tracks)).items())),
            keyframes=one.keyframes + other.keyframes,
            interpolated=one.interpolated + other.interpolated,
        )
    return tuple(sums[name] for name in sorted(sums))


def _of(counts: Counter[tuple[str, str]], name: str) -> dict[str, int]:
    return dict(sorted((kind, number) for (label, kind), number in counts.items() if label == name))


def _kind(track: Track) -> str:
    if track.keyframes:
        return track.keyframes[0].type
    return "skeleton" if track.elements else "tag"


def _frames_of(track: Track, stop: int) -> tuple[int, int]:
    """At how many keyframes a track is seen, and on how many frames between and after them.

    A keyframe of a skeleton is one of its own or of a joint; where all joints that have begun are outside it is not
    seen.
    """
    own = {key.frame: key.outside for key in track.keyframes}
    joints = [{key.frame: key.outside for key in element.keyframes} for element in track.elements]
    frames = sorted(set(own).union(*joints))
    is_out = bool(own)  # Until its first keyframe; without any its joints alone say where it is.
    joints_out: dict[int, bool] = {}
    """Of the joints that have begun."""
    seen = filled = 0
    for frame, following in pairwise((*frames, stop + 1)):
        is_out = own.get(frame, is_out)
        joints_out |= {joint: keys[frame] for joint, keys in enumerate(joints) if frame in keys}
        if not is_out and not (joints_out and all(joints_out.values())):
            seen += 1
            filled += max(following - frame - 1, 0)
    return seen, filled

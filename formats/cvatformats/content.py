"""What a writer is given: a task's objects, its jobs put together. What the format cannot hold is only counted."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter

import msgspec

from cvatcore.jobs import Merged, merge
from cvatcore.schema import Annotations, Job, Shape, Track
from cvatcore.tracks import Tracked, track_type
from cvatcore.workspace import TaskView
from cvatformats.attributes import labels_by_name
from cvatformats.format import Format, Write
from cvatformats.report import Losses
from cvatformats.walking import TrackWalk

_frame = attrgetter("frame")


class FrameObjects(msgspec.Struct, frozen=True):
    """One frame and what is on it."""

    frame: int
    name: str
    """As in the manifest: a path, or `frame_000042` of a video."""
    width: int
    height: int
    shapes: Sequence[Shape]
    """Tags among them; sorted by id."""
    tracked: Sequence[Tracked]
    """Tracks where they are seen; sorted by id, which is the shape's."""


class TaskContent:
    """A task to be written. Either `frames` or `whole` can be walked through, once."""

    def __init__(
        self, task: TaskView, *, format: Format, writer: Write, on_frame: Callable[[int], None] | None = None
    ) -> None:
        self.task = task.document
        self.labels = task.labels
        self.labels_by_name = labels_by_name(self.labels)
        self.manifest = task.manifest
        self.losses = Losses()
        self.objects = 0
        self.written = 0
        self.entries = 0
        self.united = 0
        self._on_frame = on_frame
        self._title = format.title
        self._kinds = writer.kinds
        self._details = writer.details
        self._jobs = [(job.document, job) for job in task.jobs if job.document.type == "annotation"]
        self._deleted = frozenset(self.task.data.deleted_frames)
        self._numbers: dict[int, int] = {}
        self._partial = {"group": 0, "z-order": 0, "score": 0, "source": 0}

    @property
    def subset(self) -> str:
        """The subset that the task is in; `default` where it has none."""
        return self.task.subset or "default"

    @property
    def jobs(self) -> tuple[Job, ...]:
        """The jobs that count, by their first frame: those of ground truth do not."""
        return tuple(sorted((job for job, _ in self._jobs), key=attrgetter("start", "id")))

    def frame_numbers(self) -> list[int]:
        """The frames that are not deleted."""
        return [frame for frame in range(self.manifest.size) if frame not in self._deleted]

    def picture_name(self, frame: int) -> str:
        """The file name of a frame's picture; frames of a video are PNG, as in CVAT."""
        name = self.manifest.frame_name(frame)
        return f"{name}.PNG" if self.manifest.video else name

    def track_number(self, track: int) -> int:
        """Which track of the export one is, from 0, by its id."""
        return self._numbers[track]

    def frames(self) -> Iterator[FrameObjects]:
        """The frames in order, empty ones too, each with the objects to be written."""
        objects = self._gathered()
        walk = TrackWalk(objects.tracks, stop=self.manifest.size - 1)
        end = 0
        seen: set[int] = set()
        for frame in range(self.manifest.size):
            if self._on_frame is not None:
                self._on_frame(frame + 1)
            start, end = end, bisect_right(objects.shapes, frame, lo=end, key=_frame)
            shapes = objects.shapes[start:end]
            tracked = walk.on(frame)
            if frame in self._deleted:
                self._lose_deleted(shapes)
                continue
            self.written += len(shapes)
            self.entries += len(shapes) + len(tracked)
            seen.update(item.shape.id for item in tracked)
            width, height = self.manifest.frame_size(frame)
            name = self.manifest.frame_name(frame)
            yield FrameObjects(frame=frame, name=name, width=width, height=height, shapes=shapes, tracked=tracked)
        self.written += len(seen)
        for track in objects.tracks:
            if track.id not in seen:
                self.losses.whole(f"{track_type(track)} track", "not seen on any frame")
        self._finish(tracks=len(objects.tracks))

    def whole(self) -> Iterator[Track | Shape]:
        """Tracks by id, with all keyframes, then shapes by frame and id, those on deleted frames left out."""
        objects = self._gathered()
        for track in objects.tracks:
            self.written += 1
            self.entries += 1
            yield track
        for shape in objects.shapes:
            if shape.frame in self._deleted:
                self._lose_deleted([shape])
            else:
                self.written += 1
                self.entries += 1
                yield shape
        if self._on_frame is not None:
            self._on_frame(self.manifest.size)
        self._finish(tracks=len(objects.tracks))

    def refuse(self, item: Shape | Track | Tracked, reason: str) -> None:
        """Take back one object that was given: it cannot be written after all."""
        self.entries -= 1
        if isinstance(item, Tracked):
            self.losses.partial("tracked shape", reason)
            return
        self.written -= 1
        self.losses.whole(f"{track_type(item)} track" if isinstance(item, Track) else item.type, reason)

    def _gathered(self) -> Annotations:
        """What the format can hold of all jobs, put together."""
        merged: Merged = merge(
            [(job, self._held(job, view.annotations)) for job, view in self._jobs], overlap=self.task.overlap
        )
        self.united = merged.united
        for number, track in enumerate(merged.annotations.tracks):
            self._numbers[track.id] = number
            self._count_details(track)
        return merged.annotations

    def _held(self, job: Job, annotations: Annotations) -> Annotations:
        """What the format can hold of a job; the rest is counted."""
        self.objects += len(annotations.shapes) + len(annotations.tracks)
        start, stop, kinds, labels = job.start, min(job.stop, self.manifest.size - 1), self._kinds, self.labels_by_name
        shapes: list[Shape] = []
        for shape in annotations.shapes:
            if not start <= shape.frame <= stop:
                self.losses.whole(shape.type, "outside the frames of its job")
                continue
            # Most shapes pass these two tests and have none of the details: this loop is a third of an export.
            if shape.type not in kinds or shape.label not in labels:
                self._cannot_hold(shape.type, shape.label)
                continue
            if shape.group or shape.z_order or shape.score is not None or shape.source != "manual":
                self._count_details(shape)
            shapes.append(shape)
        tracks = tuple(track for track in annotations.tracks if self._can_hold(track))
        return Annotations(shapes=tuple(shapes), tracks=tracks)

    def _can_hold(self, track: Track) -> bool:
        kind = track_type(track)
        if kind in self._kinds and track.label in self.labels_by_name:
            return True
        self._cannot_hold(f"{kind} track", track.label, type=kind)
        return False

    def _cannot_hold(self, kind: str, label: str, *, type: str = "") -> None:
        if (type or kind) not in self._kinds:
            self.losses.whole(kind, f"{self._title} does not hold them")
        else:
            self.losses.whole(kind, f"the task has no label {label!r}")

    def _lose_deleted(self, shapes: Sequence[Shape]) -> None:
        for shape in shapes:
            self.losses.whole(shape.type, "on a deleted frame")

    def _count_details(self, item: Shape | Track) -> None:
        partial = self._partial
        partial["group"] += item.group != 0
        partial["source"] += item.source != "manual"
        if isinstance(item, Shape):
            partial["z-order"] += item.z_order != 0
            partial["score"] += item.score is not None
        else:
            partial["z-order"] += any(keyframe.z_order for keyframe in item.keyframes)

    def _finish(self, *, tracks: int) -> None:
        if "track" not in self._details:
            self.losses.partial("track", f"written as single shapes, {self._title} has no tracks", count=tracks)
        for detail, count in self._partial.items():
            if detail not in self._details:
                self.losses.partial(detail, f"{self._title} does not hold them", count=count)

"""What a writer is given: a task's objects frame by frame, those that the format cannot hold counted and left out."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Iterator

import msgspec

from cvatcore.schema import Job, Shape, Track
from cvatcore.workspace import JobView, TaskView
from cvatformats.attributes import labels_by_name
from cvatformats.format import Format, Write
from cvatformats.overlap import SAME_SHAPE, SAME_TRACK, match_shapes
from cvatformats.report import Losses
from cvatformats.tracks import Tracked, track_shapes, track_type


class FrameObjects(msgspec.Struct, frozen=True):
    """One frame and what is on it."""

    frame: int
    name: str
    """As in the manifest: a path, or `frame_000042` of a video."""
    width: int
    height: int
    shapes: list[Shape]
    """Tags among them; sorted by job and id."""
    tracked: list[Tracked]


class TaskContent:
    """A task to be written. `frames` can be walked through once."""

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
        self._jobs: list[tuple[Job, JobView]] = sorted(
            ((job.document, job) for job in task.jobs if job.document.type == "annotation"),
            key=lambda pair: (pair[0].start, pair[0].id),
        )
        self._deleted = frozenset(self.task.data.deleted_frames)
        self._same: dict[int, int] = {}
        self._tracks: list[str] = []
        self._seen: set[int] = set()
        self._partial = {"group": 0, "z-order": 0, "score": 0, "source": 0}

    @property
    def subset(self) -> str:
        """The subset that the task is in; `default` where it has none."""
        return self.task.subset or "default"

    @property
    def jobs(self) -> tuple[Job, ...]:
        """The jobs that count: those of ground truth do not."""
        return tuple(job for job, _ in self._jobs)

    def frame_numbers(self) -> list[int]:
        """The frames that are not deleted."""
        return [frame for frame in range(self.manifest.size) if frame not in self._deleted]

    def picture_name(self, frame: int) -> str:
        """The file name of a frame's picture; frames of a video are PNG, as in CVAT."""
        name = self.manifest.frame_name(frame)
        return f"{name}.PNG" if self.manifest.video else name

    def frames(self) -> Iterator[FrameObjects]:
        """The frames in order, empty ones too, each with the objects to be written."""
        waiting = deque(self._jobs)
        active: list[_Cursor] = []
        for frame in range(self.manifest.size):
            if self._on_frame is not None:
                self._on_frame(frame + 1)
            while waiting and waiting[0][0].start <= frame:
                active.append(self._open(*waiting.popleft()))
            active = [cursor for cursor in active if cursor.stop >= frame]
            if frame in self._deleted:
                for cursor in active:
                    for shape in cursor.shapes_on(frame):
                        self.losses.whole(shape.type, "on a deleted frame")
                    cursor.tracked_on(frame)
                continue
            shapes: list[Shape] = []
            tracked: list[Tracked] = []
            for cursor in active:
                shapes += self._unlike(shapes, cursor.shapes_on(frame))
                tracked += self._continued(tracked, cursor.tracked_on(frame))
            self.written += len(shapes)
            self.entries += len(shapes) + len(tracked)
            self._seen.update(item.number for item in tracked)
            width, height = self.manifest.frame_size(frame)
            name = self.manifest.frame_name(frame)
            yield FrameObjects(frame=frame, name=name, width=width, height=height, shapes=shapes, tracked=tracked)
        for job, view in waiting:
            self._open(job, view)  # Jobs beyond the last frame: what they hold is counted.
        self._finish()

    def refuse(self, item: Shape | Tracked, reason: str) -> None:
        """Take back one object that `frames` gave: it cannot be written after all."""
        self.entries -= 1
        if isinstance(item, Tracked):
            self.losses.partial("tracked shape", reason)
            return
        self.written -= 1
        self.losses.whole(item.type, reason)

    def _open(self, job: Job, view: JobView) -> _Cursor:
        annotations = view.annotations
        self.objects += len(annotations.shapes) + len(annotations.tracks)
        by_frame: dict[int, list[Shape]] = {}
        stop = min(job.stop, self.manifest.size - 1)
        start, kinds, labels = job.start, self._kinds, self.labels_by_name
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
            if (on_frame := by_frame.get(shape.frame)) is None:
                by_frame[shape.frame] = [shape]
            else:
                on_frame.append(shape)
        streams = [
            self._expanded(track, start=job.start, stop=stop) for track in annotations.tracks if self._can_hold(track)
        ]
        if "track" not in self._details:
            self.losses.partial("track", f"written as single shapes, {self._title} has no tracks", count=len(streams))
        return _Cursor(stop, by_frame, heapq.merge(*streams, key=lambda item: item.shape.frame))

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

    def _count_details(self, item: Shape | Track) -> None:
        partial = self._partial
        partial["group"] += item.group != 0
        partial["source"] += item.source != "manual"
        if isinstance(item, Shape):
            partial["z-order"] += item.z_order != 0
            partial["score"] += item.score is not None
        else:
            partial["z-order"] += any(keyframe.z_order for keyframe in item.keyframes)

    def _expanded(self, track: Track, *, start: int, stop: int) -> Iterator[Tracked]:
        number = len(self._tracks)
        kind = f"{track_type(track)} track"
        self._tracks.append(kind)
        self._count_details(track)
        return self._known(track_shapes(track, start=start, stop=stop, number=number), track_type(track))

    def _known(self, items: Iterator[Tracked | int], kind: str) -> Iterator[Tracked]:
        for item in items:
            if isinstance(item, Tracked):
                yield item
            else:
                self.losses.partial(f"in-between {kind}", "the keyframes' points do not match one to one")

    def _unlike(self, earlier: list[Shape], later: list[Shape]) -> list[Shape]:
        """The shapes that an earlier job does not have on this frame."""
        if not earlier or not later:
            return later
        matched = match_shapes(earlier, later, threshold=SAME_SHAPE)
        self.united += len(matched)
        return [shape for index, shape in enumerate(later) if index not in matched]

    def _continued(self, earlier: list[Tracked], later: list[Tracked]) -> list[Tracked]:
        """What tracks of a later job add; one that goes on from an earlier job's track takes its number."""
        named = [self._renumbered(item) for item in later]
        if not earlier:
            return named
        known = {item.number for item in earlier}
        fresh = [item for item in named if item.number not in known]
        matched = match_shapes([item.shape for item in earlier], [item.shape for item in fresh], threshold=SAME_TRACK)
        for index, other in matched.items():
            # One that was written before on its own stays itself.
            if fresh[index].number not in self._seen:
                self._same[fresh[index].number] = earlier[other].number
                self.united += 1
        return [item for index, item in enumerate(fresh) if index not in matched]

    def _renumbered(self, item: Tracked) -> Tracked:
        number = self._same.get(item.number)
        return item if number is None else msgspec.structs.replace(item, number=number)

    def _finish(self) -> None:
        for number, kind in enumerate(self._tracks):
            if number in self._seen:
                self.written += 1
            elif number not in self._same:
                self.losses.whole(kind, "not seen on any frame")
        for detail, count in self._partial.items():
            if detail not in self._details:
                self.losses.partial(detail, f"{self._title} does not hold them", count=count)


class _Cursor:
    """One job while its frames are walked through."""

    def __init__(self, stop: int, shapes: dict[int, list[Shape]], tracked: Iterator[Tracked]) -> None:
        self.stop = stop
        self._shapes = shapes
        self._tracked = tracked
        self._next = next(tracked, None)

    def shapes_on(self, frame: int) -> list[Shape]:
        return self._shapes.pop(frame, [])

    def tracked_on(self, frame: int) -> list[Tracked]:
        found: list[Tracked] = []
        while self._next is not None and self._next.shape.frame <= frame:
            found.append(self._next)
            self._next = next(self._tracked, None)
        return found

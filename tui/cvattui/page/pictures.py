"""Small pictures of frames, from wherever their task still is: the working tree or one of the two revisions."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING

import msgspec

from cvatcore.errors import CvatError, NotFound
from cvatcore.schema import default_color
from cvattui.page.drawing import extent
from cvattui.page.frames import ChangedFrame

if TYPE_CHECKING:
    from cvatcore import TaskView, Workspace
    from cvatcore.media import FrameReader
    from cvatcore.schema import Label, Manifest
    from cvatcore.workspace.history.differing import WorkspaceDiff

LONGER_SIDE = 640
"""Of a picture in the page, in pixels."""

_QUALITY = 75
_COLOR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


class FramePicture(msgspec.Struct, frozen=True):
    """What is known of a frame."""

    width: int
    """Of the frame itself, in pixels."""
    height: int
    name: str
    """As CVAT shows it; empty where it is not known."""
    uri: str
    """The picture as a data URI; empty where its media are missing."""


def frame_pictures(
    workspace: Workspace,
    diff: WorkspaceDiff,
    frames: Iterable[ChangedFrame],
    *,
    progress: Callable[[int, int], None] | None = None,
) -> Mapping[tuple[int, int], FramePicture]:
    """The pictures of frames, by task and frame. A task's frames are read in order, as videos are fastest."""
    wanted: dict[int, dict[int, ChangedFrame]] = {}
    for frame in frames:
        wanted.setdefault(frame.task, {}).setdefault(frame.frame, frame)
    total, found = sum(map(len, wanted.values())), dict[tuple[int, int], FramePicture]()
    with ExitStack() as stack:
        places = _Places(workspace, diff, stack)
        for task, chosen in wanted.items():
            view = places.task(task)
            for number in sorted(chosen):
                found[task, number] = _picture(view, number, chosen[number])
                if progress is not None:
                    progress(len(found), total)
    return found


def label_colors(workspace: Workspace, diff: WorkspaceDiff) -> Mapping[str, str]:
    """The colours of the labels that differ, by name."""
    colors: dict[str, str] = {}
    with ExitStack() as stack:
        places = _Places(workspace, diff, stack)
        for task in diff.tasks:
            view = places.task(task.task) if task.objects else None
            try:
                labels: Iterable[Label] = () if view is None else view.labels
            except CvatError:
                labels = ()
            for label in labels:
                for name in (label.name, *label.aliases):
                    if _COLOR.fullmatch(label.color):
                        colors.setdefault(name, label.color)
    return {row.label: colors.get(row.label) or default_color(row.label) for row in diff.labels}


class _Places:
    """Where tasks can be looked at: now, or in the later or the earlier revision, each opened when it is needed."""

    def __init__(self, workspace: Workspace, diff: WorkspaceDiff, stack: ExitStack) -> None:
        self._open: list[Workspace] = [workspace]
        self._more = [revision for revision in (diff.after, diff.before) if revision]
        self._stack = stack

    def task(self, number: int) -> TaskView | None:
        """The task wherever it still is, or None."""
        for place in self._open:
            if number in place.task_numbers():
                return place.tasks[number]
        while self._more:
            place = self._stack.enter_context(self._open[0].at(self._more.pop(0)))
            self._open.append(place)
            if number in place.task_numbers():
                return place.tasks[number]
        return None


def _picture(task: TaskView | None, number: int, frame: ChangedFrame) -> FramePicture:
    shapes = [side for one in frame.drawn for side in (one.before, one.after) if side is not None]
    try:
        if task is None:
            raise NotFound("The task is gone.")
        manifest: Manifest = task.manifest
        width, height = manifest.frame_size(number)
        name = manifest.frame_name(number)
    except (CvatError, IndexError):
        return FramePicture(*extent(shapes), name="", uri="")
    return FramePicture(width, height, name, _uri(task.frames, number))


def _uri(reader: FrameReader, number: int) -> str:
    from cvatcore.media.encoding import from_array, to_jpeg

    try:
        image = from_array(reader.array(number))
    except CvatError:
        return ""
    image.thumbnail((LONGER_SIDE, LONGER_SIDE))
    return f"data:image/jpeg;base64,{base64.b64encode(to_jpeg(image, quality=_QUALITY).data).decode()}"

"""The task that a file is imported into, as readers see it: its labels and frames by name."""

from __future__ import annotations

from cvatcore.errors import InvalidInput
from cvatcore.schema import Label
from cvatcore.workspace import TaskView
from cvatformats.attributes import labels_by_name
from cvatformats.frame_names import FrameNames
from cvatformats.report import Losses


class Target:
    """Resolves the names in a file. Whatever it does not find is an error that says where the name stands."""

    def __init__(self, task: TaskView) -> None:
        self.name = task.name
        self.manifest = task.manifest
        self.size = self.manifest.size
        self.losses = Losses()
        self._labels = labels_by_name(task.labels)
        self._sublabels: dict[str, dict[str, Label]] = {}
        self._names = FrameNames(self.manifest)
        self._example = self.manifest.frame_name(0) if self.size else ""

    def label(self, name: str, *, place: str) -> Label:
        """The label of that name or former name.

        Errors: InvalidInput that names it.
        """
        label = self._labels.get(name)
        if label is None:
            raise _unknown_label(name, place=place, owner=f"the task {self.name!r}", known=self._labels)
        return label

    def sublabel(self, parent: Label, name: str, *, place: str) -> Label:
        """The label of a skeleton's joint.

        Errors: InvalidInput that names it.
        """
        known = self._sublabels.get(parent.name)
        if known is None:
            known = self._sublabels[parent.name] = labels_by_name(parent.sublabels)
        label = known.get(name)
        if label is None:
            raise _unknown_label(name, place=place, owner=f"the skeleton {parent.name!r}", known=known)
        return label

    def find_frame(self, name: str, *, place: str) -> int | None:
        """The frame of that name, or None.

        Errors: InvalidInput when two names mean one frame.
        """
        return self._names.find(name, place=place)

    def frame(self, name: str, *, place: str) -> int:
        """The frame of that name.

        Errors: InvalidInput that names it.
        """
        found = self.find_frame(name, place=place)
        if found is None:
            raise self.unknown_frame(name, place=place)
        return found

    def numbered_frame(self, number: int, *, place: str) -> int:
        """A frame given by its number in the media, as CVAT gives it: in a task of all frames that is its own.

        Errors: InvalidInput when there is no such frame.
        """
        frame = self.manifest.task_frame(number)
        if frame is None:
            raise InvalidInput(
                f"{place}: frame {number} is not in the task {self.name!r}, which has {self.size} frames.",
                hint="Import the file into the task that it was exported from.",
            )
        return frame

    def unknown_frame(self, name: str, *, place: str) -> InvalidInput:
        """The error for a name that no frame has."""
        return InvalidInput(
            f"{place}: the task {self.name!r} has no frame {name!r}.",
            hint=f"Names are like those of the task, as {self._example!r}; nothing was imported.",
        )


def _unknown_label(name: str, *, place: str, owner: str, known: dict[str, Label]) -> InvalidInput:
    names = ", ".join(dict.fromkeys(label.name for label in known.values())) or "none"
    return InvalidInput(
        f"{place}: {owner} has no label {name!r}.",
        hint=f"Its labels are: {names}. Add the label, or rename it in the file; nothing was imported.",
    )

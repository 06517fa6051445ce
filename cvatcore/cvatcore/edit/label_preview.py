"""What a change of labels would do, for a person to read before it is done."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from cvatcore.edit.label_change import LabelChange
from cvatcore.edit.label_objects import Tally

_EXAMPLES = 5


class JobPreview(msgspec.Struct, frozen=True):
    """The objects of one job that a change touches."""

    job: int
    changed: int
    removed: int


class TaskPreview(msgspec.Struct, frozen=True):
    """The objects of one task that a change touches; jobs without any are left out."""

    task: int
    name: str
    changed: int
    removed: int
    jobs: tuple[JobPreview, ...]


class LostValues(msgspec.Struct, frozen=True):
    """Values of one attribute that have no place afterwards."""

    label: str
    """`skeleton / joint` for a joint."""
    attribute: str
    count: int
    examples: tuple[str, ...]
    """The most frequent ones."""


class UnfitShapes(msgspec.Struct, frozen=True):
    """Objects that stay as they are, and whose type of shape their label does not allow afterwards."""

    label: str
    type: str
    count: int


class LabelPreview(msgspec.Struct, frozen=True):
    """What a change of labels does. An object is a tag, a shape or a track, counted once."""

    subject: str
    changed: int
    removed: int
    tasks: tuple[TaskPreview, ...]
    """All tasks that have the labels."""
    lost: tuple[LostValues, ...]
    unfit: tuple[UnfitShapes, ...]
    notes: tuple[str, ...]

    @property
    def loses(self) -> bool:
        """Whether something goes that a person made."""
        return bool(self.removed or self.lost)


class JobTally(msgspec.Struct, frozen=True):
    """What was counted in one job."""

    task: int
    job: int
    tally: Tally


def make_preview(change: LabelChange, names: dict[int, str], jobs: Iterable[JobTally]) -> LabelPreview:
    """The preview of a change from what was counted in each job; `names` are the tasks' names by id."""
    counted = list(jobs)
    total = Tally()
    for one in counted:
        total.add(one.tally)
    tasks: list[TaskPreview] = []
    for task, name in sorted(names.items()):
        inner = tuple(
            JobPreview(one.job, one.tally.changed, one.tally.removed)
            for one in sorted(counted, key=lambda one: one.job)
            if one.task == task and (one.tally.changed or one.tally.removed)
        )
        tasks.append(
            TaskPreview(task, name, sum(one.changed for one in inner), sum(one.removed for one in inner), inner)
        )
    return LabelPreview(
        subject=change.subject,
        changed=total.changed,
        removed=total.removed,
        tasks=tuple(tasks),
        lost=tuple(_lost(total)),
        unfit=tuple(UnfitShapes(label, kind, count) for (label, kind), count in sorted(total.unfit.items())),
        notes=(*change.notes, *_captured(total)),
    )


def _lost(total: Tally) -> Iterable[LostValues]:
    by_attribute: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for (label, attribute, value), count in total.lost.items():
        by_attribute.setdefault((label, attribute), []).append((-count, value))
    for (label, attribute), values in sorted(by_attribute.items()):
        values.sort()
        count = -sum(number for number, _ in values)
        yield LostValues(label, attribute, count, tuple(value for _, value in values[:_EXAMPLES]))


def _captured(total: Tally) -> Iterable[str]:
    for name, count in sorted(total.captured.items()):
        lines = "1 object has" if count == 1 else f"{count} objects have"
        yield f"{lines} the name {name!r} already, which no label had: from now on it is theirs."

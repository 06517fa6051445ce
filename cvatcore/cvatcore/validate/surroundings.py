"""What objects are judged by: their job, its frames, and the labels."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from cvatcore.schema import Label, Manifest


class Surroundings(msgspec.Struct, frozen=True):
    """What an object is judged by."""

    task: int
    job: int
    start: int
    stop: int
    """The job's frames, both included."""
    labels: Mapping[str, Label]
    """By name, former names too."""
    manifest: Manifest | None
    """None when it cannot be read: then no rule asks for the size of a frame."""
    frames: frozenset[int] | None = None
    """Of ground truth: those of the job's frames that it has; None for all."""

    def inside(self, label: str) -> Surroundings:
        """The surroundings of the elements of a skeleton with that label."""
        found = self.labels.get(label)
        return msgspec.structs.replace(self, labels=label_map(found.sublabels) if found else {})


def label_map(labels: tuple[Label, ...]) -> dict[str, Label]:
    """Labels by each name that finds them; a present name comes before a former one."""
    former = {alias: label for label in labels for alias in label.aliases}
    return former | {label.name: label for label in labels}

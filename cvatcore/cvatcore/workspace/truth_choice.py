"""Which frames of a new task are annotated once more, with care: asked for before the frames are known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from cvatcore.errors import InvalidInput
from cvatcore.jobs.truth_frames import named_frames, random_frames, random_frames_per_job
from cvatcore.schema import Manifest

Method = Literal["random_uniform", "random_per_job", "manual"]


class TruthChoice(msgspec.Struct, frozen=True):
    """How the frames of the job of ground truth are chosen."""

    method: Method
    names: tuple[str, ...] = ()
    """Of the files, where they are named."""
    count: int | None = None
    """How many are drawn: of all frames, or of each job."""
    share: float | None = None
    """In place of `count`: how many of them, from 0 to 1; one at the least."""
    seed: int | None = None
    """The same seed draws the same frames."""


def chosen_frames(choice: TruthChoice, manifest: Manifest, runs: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    """The frames of the job of ground truth of a task with these frames and jobs, counted in the task, sorted.

    Errors: InvalidInput where there are no such frames, or not enough.
    """
    if manifest.dimension != "2d":
        raise InvalidInput("Ground Truth jobs can only be added in 2d tasks")
    if choice.method == "manual":
        return named_frames(_numbers(choice.names, manifest), size=manifest.size)
    if choice.method == "random_uniform":
        return random_frames(manifest.size, _count(choice, manifest.size), seed=choice.seed)
    longest = max((stop - start + 1 for start, stop in runs), default=0)
    return random_frames_per_job(runs, _count(choice, longest), seed=choice.seed)


def _count(choice: TruthChoice, size: int) -> int:
    return choice.count if choice.count is not None else max(1, int((choice.share or 0) * size))


def _numbers(names: Sequence[str], manifest: Manifest) -> list[int]:
    if manifest.video:
        raise InvalidInput("Validation frames of a video cannot be named: it is one file.", hint="Let them be drawn.")
    places = {image.path: number for number, image in enumerate(manifest.images)}
    if unknown := [name for name in names if name not in places]:
        more = f" and {len(unknown) - 1} more" if len(unknown) > 1 else ""
        raise InvalidInput(f"The validation frame {unknown[0]!r}{more} is not among the media of the task.")
    return [places[name] for name in names]

"""Which frames a job of ground truth has: said one by one, or drawn by lot so that a seed gives the same ones again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cvatcore.errors import InvalidInput


def named_frames(frames: Iterable[int], *, size: int) -> tuple[int, ...]:
    """The frames that a person names, of a task of `size` frames, sorted.

    Errors: InvalidInput when there are none, one comes twice, or the task has not got it.
    """
    named = tuple(frames)
    if not named:
        raise InvalidInput("The list of frames cannot be empty")
    chosen = sorted(set(named))
    if len(chosen) != len(named):
        raise InvalidInput("Frames must not repeat")
    if strangers := [frame for frame in chosen if not 0 <= frame < size]:
        shown = ",".join(map(str, strangers[:100])) + (",…" if len(strangers) > 100 else "")
        raise InvalidInput(f"The following frames are not included in the task: {shown}")
    return tuple(chosen)


def random_frames(size: int, count: int, *, seed: int | None = None) -> tuple[int, ...]:
    """So many frames of a task of `size` frames, each as likely as the others, sorted.

    With a seed they are those that CVAT draws with it, which never draws the last frame then.
    Errors: InvalidInput when there are not more frames than that.
    """
    if count < 1:
        raise InvalidInput("The list of frames cannot be empty")
    if count >= size:
        raise InvalidInput(
            f"The number of frames requested ({count}) must be lesser than the number of the task frames ({size})"
        )
    return _drawn(range(size if seed is None else size - 1), count, seed)


def random_frames_per_job(runs: Sequence[tuple[int, int]], count: int, *, seed: int | None = None) -> tuple[int, ...]:
    """So many frames of each job, given as runs with both ends included; all of a job that has fewer.

    A frame that two jobs share counts for both.
    """
    from numpy.random import MT19937, Generator

    generator = Generator(MT19937(seed))
    chosen: set[int] = set()
    for start, stop in runs:
        left = [frame for frame in range(start, stop + 1) if frame not in chosen]
        missing = min(count - (stop - start + 1 - len(left)), len(left))
        if missing > 0:
            chosen.update(generator.choice(left, size=missing, shuffle=False, replace=False).tolist())
    if not chosen:
        raise InvalidInput("The list of frames cannot be empty")
    return tuple(sorted(chosen))


def _drawn(frames: Sequence[int], count: int, seed: int | None) -> tuple[int, ...]:
    from numpy.random import MT19937, Generator

    # The generator is named: another one would draw other frames with the same seed.
    generator = Generator(MT19937(seed))
    return tuple(sorted(generator.choice(list(frames), size=count, shuffle=False, replace=False).tolist()))

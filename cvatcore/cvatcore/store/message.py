"""The messages of commits: a subject for people, trailers for programs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cvatcore.edit import Counts
from cvatcore.store.history import Trailers


def plain_message(subject: str) -> Callable[[Trailers], str]:
    """A message of one line."""
    return lambda _: subject + "\n"


def annotation_message(task_name: str, *, task: int, job: int, counts: Counts) -> Callable[[Trailers], str]:
    """The message of a save: who reads `git log` sees the job and how many objects changed.

    Amending adds the counts of the commit that it takes the place of.
    """

    def message(before: Trailers) -> str:
        total = Counts(
            added=counts.added + _number(before, "Cvat-Added"),
            changed=counts.changed + _number(before, "Cvat-Changed"),
            removed=counts.removed + _number(before, "Cvat-Removed"),
        )
        subject = f"{_short(task_name)}, job {job}: {_words(total)}"
        return _with_trailers(subject, key=annotation_key(job), task=task, counts=total)

    return message


def import_message(task_name: str, *, task: int, jobs: int, counts: Counts) -> Callable[[Trailers], str]:
    """The message of a save to several jobs of a task at once."""
    subject = f"{_short(task_name)}, {jobs} jobs: {_words(counts)}"
    return lambda _: _with_trailers(subject, key=f"task-{task}", task=task, counts=counts)


def edit_message(
    what: str, task_name: str, *, task: int, jobs: Sequence[int], counts: Counts
) -> Callable[[Trailers], str]:
    """The message of an operation that was done to objects of one job or of several: no save ever amends it."""
    where = f"job {jobs[0]}" if len(jobs) == 1 else f"{len(jobs)} jobs"
    subject = f"{_short(task_name)}, {where}: {_one_line(what)} ({_words(counts)})"
    return lambda _: _with_trailers(subject, key=f"edit-{task}", task=task, counts=counts)


def _with_trailers(subject: str, *, key: str, task: int, counts: Counts) -> str:
    lines = [
        subject,
        "",
        f"Cvat-Key: {key}",
        f"Cvat-Task: {task}",
        f"Cvat-Added: {counts.added}",
        f"Cvat-Changed: {counts.changed}",
        f"Cvat-Removed: {counts.removed}",
    ]
    return "\n".join(lines) + "\n"


def _words(counts: Counts) -> str:
    numbers = ((counts.added, "added"), (counts.changed, "changed"), (counts.removed, "removed"))
    return ", ".join(f"{number} {word}" for number, word in numbers if number) or "nothing new"


def _short(name: str) -> str:
    return _one_line(name if len(name) <= 40 else name[:39] + "…")


def annotation_key(job: int) -> str:
    """What two saves must share for one to amend the other."""
    return f"job-{job}"


def parse_trailers(message: str) -> dict[str, str]:
    """The `Cvat-…: value` lines of a message."""
    trailers: dict[str, str] = {}
    for line in message.splitlines():
        name, colon, value = line.partition(": ")
        if colon and name.startswith("Cvat-"):
            trailers[name] = value.strip()
    return trailers


def _number(trailers: Trailers, name: str) -> int:
    value = trailers.get(name, "0")
    return int(value) if value.isdecimal() else 0


def _one_line(text: str) -> str:
    return " ".join(text.split())

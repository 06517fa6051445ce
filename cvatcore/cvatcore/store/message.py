"""The messages of commits: a subject for people, trailers for programs."""

from __future__ import annotations

from collections.abc import Callable

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
        words = [
            f"{number} {word}"
            for number, word in (
                (total.added, "added"),
                (total.changed, "changed"),
                (total.removed, "removed"),
            )
            if number
        ]
        name = task_name if len(task_name) <= 40 else task_name[:39] + "…"
        lines = [
            f"{_one_line(name)}, job {job}: {', '.join(words) or 'nothing new'}",
            "",
            f"Cvat-Key: {annotation_key(job)}",
            f"Cvat-Task: {task}",
            f"Cvat-Added: {total.added}",
            f"Cvat-Changed: {total.changed}",
            f"Cvat-Removed: {total.removed}",
        ]
        return "\n".join(lines) + "\n"

    return message


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

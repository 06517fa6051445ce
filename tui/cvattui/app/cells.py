"""Cells of the tables: one look for each state, stage and share of work done."""

from __future__ import annotations

from datetime import UTC, datetime

from rich.text import Text

from cvatcore.protocol import BasicUser, JobsSummary, SyncStatus
from cvatcore.schema import JobStage, JobState, JobStatus

DIM = "#7d8590"
"""What is there for completeness. These colours read well on dark and on light grounds."""

_GREEN, _YELLOW, _RED, _VIOLET, _BLUE = "#4fae6b", "#c9952b", "#d9606b", "#a878c8", "#4a9fd0"

_STATES: dict[JobState, tuple[str, str]] = {
    "new": ("○", DIM),
    "in progress": ("◐", _YELLOW),
    "completed": ("●", _GREEN),
    "rejected": ("✗", _RED),
}
_STAGES: dict[JobStage, str] = {"annotation": _BLUE, "validation": _VIOLET, "acceptance": _GREEN}
_STATUSES: dict[JobStatus, str] = {"annotation": _BLUE, "validation": _VIOLET, "completed": _GREEN}

BAR = 8
"""Cells of a bar of progress."""


def plain(value: object, *, widest: int = 0) -> Text:
    """A text as it is (markup in it means nothing), cut to so many characters; 0 cuts nothing."""
    text = "".join(letter if letter.isprintable() else "�" for letter in str(value))
    if widest and len(text) > widest:
        text = text[: widest - 1] + "…"
    return Text(text, no_wrap=True, end="")


def identifier(value: int) -> Text:
    """An id, to the right, as it is typed."""
    return Text(str(value), justify="right", no_wrap=True, end="")


def number(value: int) -> Text:
    """A count, to the right."""
    return Text(f"{value:,}", justify="right", no_wrap=True, end="")


def state(value: JobState) -> Text:
    """How far the work in a stage is."""
    sign, style = _STATES[value]
    return Text(f"{sign} {value:<11}", style=style, no_wrap=True, end="")


def stage(value: JobStage) -> Text:
    """Annotation, validation or acceptance."""
    return Text(value, style=_STAGES[value], no_wrap=True, end="")


def status(value: JobStatus) -> Text:
    """How far a task is."""
    return Text(value, style=_STATUSES[value], no_wrap=True, end="")


def unreadable() -> Text:
    """The status of a task that cannot be read."""
    return Text("✗ unreadable", style=_RED, no_wrap=True, end="")


def person(user: BasicUser | None) -> Text:
    """Whom it is given to."""
    return plain(user.username, widest=16) if user else Text("–", style=DIM, end="")


def progress(jobs: JobsSummary) -> Text:
    """A bar: accepted jobs in green, those in validation in violet; and the numbers."""
    done, checked = bar_cells(jobs)
    bar = Text(no_wrap=True, end="")
    bar.append("━" * done, _GREEN)
    bar.append("━" * checked, _VIOLET)
    bar.append("─" * (BAR - done - checked), DIM)
    return bar.append(f" {jobs.completed}/{jobs.count}")


def bar_cells(jobs: JobsSummary) -> tuple[int, int]:
    """Cells for accepted jobs and for those in validation; only all of them fill the bar."""
    if not jobs.count:
        return 0, 0
    done = jobs.completed * BAR // jobs.count
    both = (jobs.completed + jobs.validation) * BAR // jobs.count
    return done, max(0, both - done)


def age(changed: str, *, now: datetime | None = None) -> Text:
    """How long ago a time of the API was, in one short word."""
    try:
        then = datetime.fromisoformat(changed)
    except ValueError:
        return Text("")
    seconds = ((now or datetime.now(UTC)) - then).total_seconds()
    word = "now"
    for unit, length in (("m", 60), ("h", 3600), ("d", 86_400), ("w", 604_800), ("y", 31_557_600)):
        if seconds >= length:
            word = f"{int(seconds // length)} {unit}"
    return Text(word, style=DIM, justify="right", no_wrap=True, end="")


def sync(status: SyncStatus | None) -> Text:
    """How the workspace stands to its remote, in a few words; nothing where it has none."""
    if status is None or not status.address:
        return Text("", end="")
    if status.state == "running":
        return Text("syncing…  ", style="#c9952b", end="")
    if status.state == "failed":
        return Text("sync failed  ", style="#d9606b", end="")
    if not status.last:
        return Text("not synced  ", style=DIM, end="")
    when = age(status.last).plain
    return Text("synced now  " if when == "now" else f"synced {when.replace(' ', '')} ago  ", style=DIM, end="")

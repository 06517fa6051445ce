"""The issue that a merge opens for a conflict, so that somebody who looks at the frame sees it."""

from __future__ import annotations

from cvatcore.schema import Comment, ConflictDocument, FieldConflict, Issue

_ISSUES_OF_MERGES = 1 << 41
"""Above every number that a clone gives out."""

_LONGEST = 60
"""Characters of a value that are shown."""


def issue_of(conflict: ConflictDocument, *, created: str, position: tuple[float, ...] = ()) -> Issue | None:
    """The issue of a conflict about something on a frame; None for other conflicts.

    Two clones that meet the same conflict open the same issue: its number follows from the conflict, and its text
    tells the two values without saying whose they are.

    Args:
        conflict: of a shape, a track, a keyframe or an issue.
        created: when, UTC in ISO 8601 with `Z`.
        position: where on the frame, x y of one or more points; empty for the whole frame.
    """
    if conflict.frame < 0 or not conflict.job:
        return None
    number = issue_number(conflict.id)
    return Issue(
        id=number,
        job=conflict.job,
        frame=conflict.frame,
        created=created,
        position=position,
        conflict=conflict.id,
        comments=(Comment(id=number, message=describe_conflict(conflict), created=created),),
    )


def issue_number(conflict: str) -> int:
    """The number of the issue of a conflict: 2^41 and more, which no clone gives out; the same for its comment."""
    return _ISSUES_OF_MERGES + int(conflict, 16) % _ISSUES_OF_MERGES


def describe_conflict(conflict: ConflictDocument) -> str:
    """A conflict in plain words, the same whichever side is ours."""
    thing = {
        "shape": f"object {conflict.number}",
        "track": f"track {conflict.number}",
        "keyframe": f"track {conflict.number} on frame {conflict.frame}",
        "issue": f"issue {conflict.number}",
    }.get(conflict.kind, f"the {conflict.kind}")
    fields = "; ".join(_field(field) for field in conflict.fields)
    return f"Two people changed {thing} in different ways. {fields}. To choose: cvat resolve {conflict.id}"


def _field(field: FieldConflict) -> str:
    values = sorted((_short(field.ours), _short(field.theirs)))
    return f"{field.field}: {values[0]} or {values[1]}"


def _short(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, list) and value and all(isinstance(number, (int, float)) for number in value):
        text = " ".join(f"{number:g}" for number in value)
    else:
        text = str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"

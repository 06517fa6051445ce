"""What an issue and its comments may say."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cvatcore.errors import InvalidInput
from cvatcore.workspace.people import person_of

if TYPE_CHECKING:
    from cvatcore.store import Author
    from cvatcore.workspace.workspace import Workspace

MAX_MESSAGE = 65_536
"""Characters of a comment."""

MAX_NUMBERS = 10_000
"""Numbers of a position: it is a point, a box or an outline, and no drawing."""


def checked_message(message: str) -> str:
    """The message of a comment without the blanks around it.

    Errors: InvalidInput for an empty one, or one that is too long.
    """
    text = message.strip()
    if not text:
        raise InvalidInput("A comment needs a message.")
    if len(text) > MAX_MESSAGE:
        raise InvalidInput(f"A comment has {len(text)} characters, and at most {MAX_MESSAGE} are taken.")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidInput("The message of a comment has half a character in it, which no file can hold.") from None
    return text


def checked_position(position: Iterable[float]) -> tuple[float, ...]:
    """Where an issue points to: x y of points, in pixels; nothing for the whole frame.

    Errors: InvalidInput for half a point, and for what is no number.
    """
    numbers = tuple(float(number) for number in position)
    if len(numbers) % 2:
        raise InvalidInput(f"A position is x y of points, and {len(numbers)} numbers are half a point.")
    if len(numbers) > MAX_NUMBERS:
        raise InvalidInput(f"A position has {len(numbers)} numbers, and at most {MAX_NUMBERS} are taken.")
    if not all(map(math.isfinite, numbers)):
        raise InvalidInput("A position has a number that is not finite.")
    return numbers


def now_read() -> str:
    """The time as documents have it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def owner_name(workspace: Workspace, author: Author | None) -> str:
    """The username of who writes: of an author, else of whoever acts."""
    return (workspace.me if author is None else person_of(author, workspace.members)).username

"""The fields that a filter may name, each with its type and how it is read from what is filtered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Generic, Literal, TypeVar

import msgspec

Subject = TypeVar("Subject")
"""What is filtered: an object of a frame, a task of a list."""

FieldKind = Literal["text", "number", "truth", "time"]
"""The type of a field; a time is compared with texts in ISO 8601 and read in nanoseconds since 1970."""


class Field(msgspec.Struct, Generic[Subject], frozen=True):
    """One field."""

    kind: FieldKind
    read: Callable[[Subject], str | float | bool | None]
    """Its value in one subject, of the field's type; None where the subject has none."""
    words: Mapping[str, str] = {}
    """Other words for its values, as a filter may have them: former names of labels."""


Fields = Mapping[str, Field[Subject]]
"""Fields by the name that a filter calls them."""

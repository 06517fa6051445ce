"""Lists in pages, searched, filtered and sorted, as CVAT's REST API has them (all list endpoints alike)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import msgspec

from cvatcore.errors import InvalidDocument, InvalidFilter, NotFound
from cvatcore.filters import Field as FilterField
from cvatcore.filters import FieldKind, compile_filter, parse_filter
from cvatd.call import Call, whole_number
from cvatd.refusals import FieldErrors, Refused

Item = TypeVar("Item")
Value = str | int | None

DEFAULT_PAGE_SIZE = 10

_TRUTHS = {"true": True, "1": True, "false": False, "0": False}


class Field(msgspec.Struct, frozen=True):
    """A field of a list: how it is read, and what it is good for."""

    read: Callable[..., Value]
    kind: FieldKind = "text"
    """What a JSON filter compares it with; a time is in nanoseconds since 1970."""
    search: bool = False
    simple: bool = True
    """Whether the query may name a value for it: `?owner=ann`. Sorted and filtered by JSON are lists by all fields."""
    words: tuple[str, ...] = ()
    """All values that it can have, where those are few: what is none of them need not be looked for in any item."""

    def of(self, item: object) -> Value:
        """Its value in an item; None where files of the item cannot be read: the others are listed all the same."""
        try:
            return self.read(item)
        except (InvalidDocument, NotFound):
            return None

    def may_hold(self, term: str) -> bool:
        """Whether a value may contain a text in small letters."""
        return not self.words or any(term in word for word in self.words)


class Page(msgspec.Struct, frozen=True):
    """How long a list is, and where the pages beside one are."""

    count: int
    next: str | None
    previous: str | None


def list_query(fields: Mapping[str, Field]) -> tuple[str, ...]:
    """The names that the query of a list may have."""
    simple = (name for name, field in fields.items() if field.simple)
    return ("page", "page_size", "search", "sort", "filter", *simple)


def select(items: Sequence[Item], call: Call, fields: Mapping[str, Field], *, order: str = "-id") -> list[Item]:
    """The items that the query asks for, in its order, or in `order` where it names none: the newest first.

    Errors: FieldErrors for a number that is none, or for a JSON filter that cannot be understood.
    """
    chosen = list(items)
    if logic := call.query.get("filter"):
        chosen = _filtered(chosen, logic, fields)
    for name, field in fields.items():
        wanted = call.query.get(name) if field.simple else None
        if wanted:
            if field.kind == "text":
                chosen = [item for item in chosen if field.of(item) == wanted]
            elif field.kind == "truth":
                truth = _TRUTHS.get(wanted.lower())  # What is neither says nothing, as in CVAT.
                chosen = [item for item in chosen if truth is None or field.of(item) == truth]
            else:
                number = whole_number(wanted, name=name)
                chosen = [item for item in chosen if field.of(item) == number]
    for term in call.query.get("search", "").lower().split():
        searched = [field for field in fields.values() if field.search and field.may_hold(term)]
        chosen = [item for item in chosen if _found(item, term, searched)]
    named = [name for name in call.query.get("sort", "").split(",") if name.removeprefix("-") in fields]
    for name in reversed(named or [order]):
        chosen.sort(key=_key(fields[name.removeprefix("-")]), reverse=name.startswith("-"))
    return chosen


def _filtered(items: list[Item], logic: str, fields: Mapping[str, Field]) -> list[Item]:
    try:
        passes = compile_filter(
            parse_filter(logic), {name: FilterField(field.kind, field.of) for name, field in fields.items()}
        )
    except InvalidFilter as error:
        raise FieldErrors([_filter_words(error)]) from None
    return [item for item in items if passes(item)]


def _filter_words(error: InvalidFilter) -> str:
    """What CVAT says of a filter that it does not understand, where it has words for it."""
    if error.fault == "syntax":
        return "filter: Json syntax should be used"
    if error.fault == "empty":
        return "filter shouldn't be empty"
    if error.fault == "field":
        return f"filter: {error.term!r} term is not supported"
    if error.fault in {"operator", "arguments"} and error.term:
        return f"filter: {error.term} operation with {_short(error.given)} arguments is not implemented"
    return f"filter: {error.message}"


def in_microseconds(nanoseconds: int) -> int:
    """A time as exact as the API shows it, so that one that was read can be asked for."""
    return nanoseconds - nanoseconds % 1000


def _short(given: object) -> str:
    shown = repr(given)
    return shown if len(shown) <= 500 else f"{shown[:500]}…"


def page_of(items: Sequence[Item], call: Call) -> tuple[list[Item], Page]:
    """The items of the page that the query asks for, and the page's envelope.

    Errors: Refused with 404 past the end.
    """
    size = _page_size(call.query.get("page_size", ""), total=len(items))
    pages = max(1, -(-len(items) // size))
    number = _positive(call.query.get("page", "") or "1")
    if not 1 <= number <= pages:
        raise Refused(404, "Invalid page.")
    chosen = list(items[(number - 1) * size : number * size])
    return chosen, Page(
        count=len(items),
        next=_with_page(call.url, number + 1) if number < pages else None,
        previous=_with_page(call.url, number - 1) if number > 1 else None,
    )


def _page_size(text: str, *, total: int) -> int:
    if text == "all":
        return max(1, total)
    return _positive(text) or DEFAULT_PAGE_SIZE


def _positive(text: str) -> int:
    """A number from 1 up, or 0 for anything else; twelve digits are more than any list has."""
    return int(text[:12]) if text.isascii() and text.isdecimal() else 0


def _with_page(url: str, number: int) -> str:
    parts = urlsplit(url)
    query = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if key != "page"]
    query.append(("page", str(number)))
    return urlunsplit(parts._replace(query=urlencode(query)))


def _found(item: object, term: str, fields: Sequence[Field]) -> bool:
    return any(term in str(field.of(item) or "").lower() for field in fields)


def _key(field: Field) -> Callable[[object], Any]:
    """What items are sorted by."""
    read = field.of
    if field.kind in {"number", "time"}:  # None is below zero; most lists are sorted by ids, and these are quicker.
        return lambda item: -1 if (value := read(item)) is None else value
    return lambda item: _order(read(item))


def _order(value: Value) -> tuple[int, int, str]:
    """A key under which numbers, texts and absent values can be compared."""
    if value is None:
        return 0, 0, ""
    if isinstance(value, int):
        return 1, value, ""
    return 2, 0, value.lower()

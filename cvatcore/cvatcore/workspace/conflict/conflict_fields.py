"""The fields that conflicts name: read from documents and set in them by their dotted names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar, get_args

import msgspec

from cvatcore.errors import InvalidInput

Item = TypeVar("Item", bound=msgspec.Struct)


class FieldGone(LookupError):
    """What the field is of (a joint, a label) is no longer there."""


def plain_value(value: object) -> object:
    """A value as JSON files and conflicts have it: tuples are lists, structs are dicts."""
    return msgspec.json.decode(msgspec.json.encode(value))


def field_value(item: object, path: str | None) -> object:
    """The value of a field as the files have it; None where it has none, or where there is nothing to have it.

    The path None is the item itself. (An empty one is a name: attributes may be called so.)
    """
    if path is None:
        return plain_value(item)
    if isinstance(item, msgspec.Struct):
        head, rest = _first(path)
        return field_value(getattr(item, head, None), rest)
    for _, inner, rest in _inside(item, path):
        return field_value(inner, rest)
    return None


def with_field(item: Item, path: str, value: object) -> Item:
    """A document with another value of a field; None takes something out of a list or a mapping, or is the default.

    Errors: FieldGone; InvalidInput for a value that the field cannot have.
    """
    try:
        return _set(item, type(item), path, value)  # type: ignore[no-any-return]  # It follows the field's own types.
    except msgspec.ValidationError as error:
        raise InvalidInput(f"The field {path} cannot have this value: {error}.") from None


def _set(node: Any, kind: Any, path: str | None, value: object) -> Any:
    if path is None:
        return msgspec.convert(value, kind)
    if isinstance(node, msgspec.Struct):
        head, rest = _first(path)
        for field in msgspec.structs.fields(node):
            if field.name == head:
                return msgspec.structs.replace(node, **{head: _field(node, field, rest, value)})
        raise FieldGone(path)
    if isinstance(node, Mapping):
        return _set_in_mapping(node, kind, path, value)
    if isinstance(node, tuple):
        return _set_in_list(node, get_args(kind)[0], path, value)
    raise FieldGone(path)


def _field(node: msgspec.Struct, field: msgspec.structs.FieldInfo, rest: str | None, value: object) -> Any:
    if rest is not None or value is not None or type(None) in get_args(field.type):
        return _set(getattr(node, field.name), field.type, rest, value)
    if field.default is not msgspec.NODEFAULT:
        return field.default
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    raise msgspec.ValidationError(f"`{field.name}` has to be there")


def _set_in_mapping(node: Mapping[str, Any], kind: Any, path: str, value: object) -> dict[str, Any]:
    # What values it has are no documents: the rest of the path is a key, dots and all.
    others = {key: inner for key, inner in node.items() if key != path}
    return others if value is None else {**others, path: msgspec.convert(value, get_args(kind)[1])}


def _set_in_list(node: tuple[Any, ...], kind: Any, path: str, value: object) -> tuple[Any, ...]:
    for _, inner, rest in _inside(node, path):
        put = () if value is None and rest is None else (_set(inner, kind, rest, value),)
        return tuple(new for one in node for new in (put if one is inner else (one,)))
    if value is None:
        return node
    if not isinstance(value, dict):
        raise FieldGone(path)  # A field of something that is not in the list any more.
    return (*node, msgspec.convert(value, kind))


def _first(path: str) -> tuple[str, str | None]:
    head, dot, rest = path.partition(".")
    return head, rest if dot else None


def _inside(node: object, path: str) -> Iterator[tuple[str, Any, str | None]]:
    """What is in a list or a mapping and has the name that a path begins with, the longest names first.

    Names of people and of pictures may have dots of their own.
    """
    if isinstance(node, Mapping):
        if path in node:
            yield path, node[path], None
    elif isinstance(node, tuple):
        named = [(name, inner) for place, inner in enumerate(node) for name in _names(inner, place)]
        for name, inner in sorted(named, key=lambda pair: -len(pair[0])):
            if path == name:
                yield name, inner, None
            elif path.startswith(f"{name}."):
                yield name, inner, path[len(name) + 1 :]


def _names(item: object, place: int) -> Iterator[str]:
    """What an item of a list is known by: its id, its username, its path or its name; else by its place."""
    names = [getattr(item, field, None) for field in ("id", "username", "path", "name")]
    yield from (str(name) for name in names if name is not None)
    if names[0] is None:
        yield str(place)

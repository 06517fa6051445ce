"""Writes webview/src/protocol/generated.ts from the wire structs: `python scripts/wire_types.py`.

A test compares the file with what this makes, so that the two cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import get_args

import msgspec
from msgspec import inspect

from cvatcore import protocol, schema

TARGET = Path(__file__).resolve().parent.parent / "webview" / "src" / "protocol" / "generated.ts"

HEADER = """\
// Generated from cvatcore.protocol by scripts/wire_types.py; do not edit.
"""


def wire_types() -> str:
    """The TypeScript interfaces of all structs that `cvatcore.protocol` exports, by name."""
    structs = [
        value
        for name in sorted(protocol.__all__)
        if isinstance(value := getattr(protocol, name), type) and issubclass(value, msgspec.Struct)
    ]
    aliases = [f"export type {name} = {_literal(values)};\n" for values, name in _ALIASES.items() if values != _DRAWN]
    return "\n".join([HEADER, *aliases, *(_interface(kind) for kind in structs)])


def _interface(kind: type[msgspec.Struct]) -> str:
    described = inspect.type_info(kind)
    assert isinstance(described, inspect.StructType)
    lines = [f"export interface {kind.__name__} {{"]
    for field in described.fields:
        # What may be left out is UNSET by default, which the description shows as no default at all.
        absent = not field.required and field.default is field.default_factory is msgspec.NODEFAULT
        lines.append(f"  {field.encode_name}{'?' if absent else ''}: {_type(field.type)};")
    return "\n".join([*lines, "}", ""])


def _type(described: inspect.Type) -> str:
    if isinstance(described, inspect.Metadata):
        return _type(described.type)
    if isinstance(described, inspect.UnionType):
        return " | ".join(dict.fromkeys(_type(inner) for inner in described.types))
    if isinstance(described, inspect.LiteralType):
        return _ALIASES.get(frozenset(described.values)) or _literal(described.values)
    if isinstance(described, inspect.ListType):
        inner = _type(described.item_type)
        return f"({inner})[]" if " | " in inner else f"{inner}[]"
    if isinstance(described, inspect.StructType):
        return described.cls.__name__
    return _SIMPLE[type(described)]


def _literal(values: Iterable[object]) -> str:
    return " | ".join(f'"{value}"' for value in sorted(map(str, values)))


_DRAWN = frozenset(get_args(protocol.annotations.DrawnType))
"""All types of shapes but the tag: one type with it in the pages, which keep tags in the same list."""

_ALIASES: dict[frozenset[object], str] = {
    frozenset(get_args(alias)): name
    for name, alias in (
        ("InputType", schema.InputType),
        ("JobStage", schema.JobStage),
        ("JobState", schema.JobState),
        ("JobStatus", schema.JobStatus),
        ("JobType", schema.JobType),
        ("ShapeType", schema.ShapeType),
        ("ShapeType", protocol.annotations.DrawnType),
    )
}
"""Words that have a name of their own in the pages."""

_SIMPLE: dict[type[inspect.Type], str] = {
    inspect.IntType: "number",
    inspect.FloatType: "number",
    inspect.StrType: "string",
    inspect.BoolType: "boolean",
    inspect.NoneType: "null",
}


def main() -> None:
    """Write the file."""
    TARGET.write_text(wire_types(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()

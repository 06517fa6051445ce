"""What is wrong with the fields of a request, all of it at once, in the words and the shape of CVAT's server.

A request is decoded in one go; only when that fails is it walked through here, against the same struct, to say of each
field of each item what is wrong with it: `{"shapes": [{}, {"frame": ["This field is required."]}]}`.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import inspect

Errors = list[Any] | dict[Any, Any]
"""Sentences, or the errors of inner fields by name or position; a good item of a list is `{}`."""

REQUIRED = "This field is required."
NOT_NULL = "This field may not be null."


def find_errors(data: object, kind: type[msgspec.Struct]) -> Errors | None:
    """The errors of decoded JSON that should be of a struct; None where there is nothing that this knows to name."""
    described = inspect.type_info(kind)
    return _struct_errors(data, described) if isinstance(described, inspect.StructType) else None


def _struct_errors(data: object, kind: inspect.StructType) -> Errors | None:
    if not isinstance(data, dict):
        return {"non_field_errors": [f"Invalid data. Expected a dictionary, but got {_type_name(data)}."]}
    errors: dict[Any, Any] = {}
    for field in kind.fields:
        if field.encode_name in data:
            found = _errors(data[field.encode_name], field.type)
        else:
            found = [REQUIRED] if field.required else None
        if found is not None:
            errors[field.encode_name] = found
    return errors or None


def _errors(data: object, kind: inspect.Type) -> Errors | None:
    if isinstance(kind, inspect.UnionType):
        found = [_errors(data, inner) for inner in kind.types if not isinstance(inner, inspect.NoneType)]
        nullable = len(found) < len(kind.types)
        return None if None in found or (data is None and nullable) else found[0]
    if data is None:
        return [NOT_NULL]
    if isinstance(kind, inspect.StructType):
        return _struct_errors(data, kind)
    if isinstance(kind, inspect.ListType):
        return _list_errors(data, kind)
    if isinstance(kind, inspect.LiteralType):
        return None if data in kind.values else [f'"{data}" is not a valid choice.']
    return _scalar_errors(data, kind)


def _list_errors(data: object, kind: inspect.ListType) -> Errors | None:
    item = kind.item_type
    if not isinstance(data, list):
        sentence = [f'Expected a list of items but got type "{_type_name(data)}".']
        return {"non_field_errors": sentence} if isinstance(item, inspect.StructType) else sentence
    if isinstance(item, inspect.StructType):
        # Of a hundred thousand items one is wrong: the good ones are passed over at the decoder's speed.
        errors = [{} if _is_good(inner, item.cls) else _struct_errors(inner, item) or {} for inner in data]
        return errors if any(errors) else None
    wrong = {index: found for index, inner in enumerate(data) if (found := _errors(inner, item)) is not None}
    if isinstance(item, inspect.FloatType):
        return {index: ["Value must be a float or an integer"] for index in wrong} or None
    return wrong or None


def _is_good(data: object, kind: type[msgspec.Struct]) -> bool:
    try:
        msgspec.convert(data, kind)
    except msgspec.ValidationError:
        return False
    return True


def _scalar_errors(data: object, kind: inspect.Type) -> Errors | None:
    if isinstance(kind, inspect.BoolType):
        return None if isinstance(data, bool) else ["Must be a valid boolean."]
    if isinstance(kind, inspect.StrType):
        if not isinstance(data, str):
            return ["Not a valid string."]
        if kind.max_length is not None and len(data) > kind.max_length:
            return [f"Ensure this field has no more than {kind.max_length} characters."]
        return None
    if isinstance(kind, inspect.IntType):
        if not isinstance(data, int) or isinstance(data, bool):
            return ["A valid integer is required."]
        return _limit_errors(data, kind)
    if isinstance(kind, inspect.FloatType):
        if not isinstance(data, int | float) or isinstance(data, bool):
            return ["A valid number is required."]
        return _limit_errors(data, kind)
    return None


def _limit_errors(number: float, kind: inspect.IntType | inspect.FloatType) -> Errors | None:
    if kind.ge is not None and number < kind.ge:
        return [f"Ensure this value is greater than or equal to {kind.ge:g}."]
    if kind.le is not None and number > kind.le:
        return [f"Ensure this value is less than or equal to {kind.le:g}."]
    return None


def _type_name(data: object) -> str:
    return "NoneType" if data is None else type(data).__name__

"""CVAT's filters: JSON-logic documents, compiled once and asked of each object."""

from cvatcore.filters.compiling import compile_filter
from cvatcore.filters.fields import Field, FieldKind, Fields
from cvatcore.filters.predicates import Predicate
from cvatcore.filters.reading import MAX_DEPTH, parse_filter, read_filter
from cvatcore.filters.rule import (
    Between,
    Compare,
    Contains,
    Edge,
    Filled,
    Group,
    Not,
    Rule,
    Var,
    Within,
)
from cvatcore.filters.subject import FilterSubject, object_fields, present_names, shape_subject
from cvatcore.filters.writing import format_filter, write_filter

__all__ = [
    "MAX_DEPTH",
    "Between",
    "Compare",
    "Contains",
    "Edge",
    "Field",
    "FieldKind",
    "Fields",
    "Filled",
    "FilterSubject",
    "Group",
    "Not",
    "Predicate",
    "Rule",
    "Var",
    "Within",
    "compile_filter",
    "format_filter",
    "object_fields",
    "parse_filter",
    "present_names",
    "read_filter",
    "shape_subject",
    "write_filter",
]

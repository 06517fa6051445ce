"""CVAT's filter documents in every form, and what is said of those that are none."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.errors import InvalidFilter
from cvatcore.filters import MAX_DEPTH, format_filter, parse_filter, read_filter, write_filter
from cvatcore.filters.rule import Between, Compare, Contains, Edge, Filled, Group, Not, Var, Within

WIDTH = {"var": "width"}
NAME = {"var": "attr.car.name"}


@pytest.mark.parametrize(
    ("document", "rule"),
    [
        ({"==": [{"var": "label"}, "car"]}, Compare("==", Var("label"), "car")),
        ({"!=": [{"var": "occluded"}, True]}, Compare("!=", Var("occluded"), True)),
        ({"<": [WIDTH, 5]}, Compare("<", Var("width"), 5.0)),
        ({"<=": [5.5, WIDTH]}, Compare("<=", 5.5, Var("width"))),
        ({">": [WIDTH, {"var": "height"}]}, Compare(">", Var("width"), Var("height"))),
        ({">=": [{"var": ["width"]}, 1]}, Compare(">=", Var("width"), 1.0)),
        ({"==": [{"var": "score"}, None]}, Compare("==", Var("score"), None)),
        ({"<=": [10, WIDTH, 20]}, Between("<=", 10.0, Var("width"), 20.0)),
        ({"<": [10, WIDTH, {"var": "height"}]}, Between("<", 10.0, Var("width"), Var("height"))),
        ({"!": {"<=": [10, WIDTH, 20]}}, Not(Between("<=", 10.0, Var("width"), 20.0))),
        ({"in": [{"var": "label"}, ["car", "bus"]]}, Within(Var("label"), ("car", "bus"))),
        ({"!": {"in": [{"var": "label"}, ["car"]]}}, Not(Within(Var("label"), ("car",)))),
        ({"in": ["ca", NAME]}, Contains("ca", Var("attr.car.name"))),
        ({"!": {"in": ["ca", NAME]}}, Not(Contains("ca", Var("attr.car.name")))),
        ({"startsWith": [NAME, "B"]}, Edge("startsWith", Var("attr.car.name"), "B")),
        ({"ends_with": [NAME, "B"]}, Edge("endsWith", Var("attr.car.name"), "B")),
        ({"method": [NAME, "endsWith", ["B"]]}, Edge("endsWith", Var("attr.car.name"), "B")),
        ({"!": NAME}, Not(Filled(Var("attr.car.name")))),
        ({"!!": NAME}, Filled(Var("attr.car.name"))),
        ({"!": [NAME]}, Not(Filled(Var("attr.car.name")))),
        ({"!!": [{"<": [WIDTH, 5]}]}, Compare("<", Var("width"), 5.0)),
        (NAME, Filled(Var("attr.car.name"))),
        ({"and": [{"<": [WIDTH, 5]}]}, Group("and", (Compare("<", Var("width"), 5.0),))),
        ({"!": {"or": [NAME, NAME]}}, Not(Group("or", (Filled(Var("attr.car.name")),) * 2))),
    ],
)
def test_every_form_is_read(document: object, rule: object) -> None:
    assert read_filter(document) == rule
    assert parse_filter(json.dumps(document)) == rule


@pytest.mark.parametrize(
    ("document", "fault", "place"),
    [
        ({}, "empty", ""),
        ([], "empty", ""),
        (3, "syntax", ""),
        ("label", "syntax", ""),
        ([1], "arguments", ""),
        ({"and": [], "or": []}, "arguments", ""),
        ({"and": []}, "arguments", "and"),
        ({"and": {"==": [WIDTH, 1]}}, "arguments", "and"),
        ({"and": [{"==": [WIDTH, 1]}, 7]}, "arguments", "and[1]"),
        ({"and": [{"xor": [WIDTH, 1]}]}, "operator", "and[0]"),
        ({"===": [WIDTH, 1]}, "operator", ""),
        ({"some": [WIDTH, {"==": [WIDTH, 1]}]}, "operator", ""),
        ({"==": WIDTH}, "arguments", "=="),
        ({"==": [WIDTH]}, "arguments", "=="),
        ({"==": [1, WIDTH, 2]}, "arguments", "=="),
        ({">": [1, WIDTH, 2]}, "arguments", ">"),
        ({"<=": [1, 2, 3]}, "arguments", "<="),
        ({"==": [1, 1]}, "arguments", "=="),
        ({"==": [WIDTH, [1]]}, "arguments", "==[1]"),
        ({"==": [{"var": 3}, 1]}, "arguments", "==[0]"),
        ({"==": [{"var": ["a", "b"]}, 1]}, "arguments", "==[0]"),
        ({"==": [{"+": [1, 2]}, 1]}, "arguments", "==[0]"),
        ({"in": [WIDTH, [[1]]]}, "arguments", "in[1][0]"),
        ({"in": ["a", "abc"]}, "arguments", "in"),
        ({"in": ["a", ["a"]]}, "arguments", "in"),
        ({"in": [5, NAME]}, "type", "in[0]"),
        ({"startsWith": ["B", NAME]}, "arguments", "startsWith"),
        ({"endsWith": [NAME, None]}, "type", "endsWith[1]"),
        ({"method": [NAME, "toLowerCase"]}, "arguments", "method"),
        ({"!": "label"}, "arguments", "!"),
        ({"!": [NAME, NAME]}, "arguments", "!"),
        ({"or": [{"!": {"and": [{"nope": []}]}}]}, "operator", "or[0].!.and[0]"),
        ({"==": [WIDTH, 10**400]}, "arguments", "==[1]"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(document: object, fault: str, place: str) -> None:
    with pytest.raises(InvalidFilter) as caught:
        read_filter(document)
    assert (caught.value.fault, caught.value.place) == (fault, place)
    assert caught.value.message.endswith(".")


@pytest.mark.parametrize("text", ["", "{", "nothing", '{"a":1}}', b"\xff", '{"==":[{"var":"width"},NaN]}', "[1e999]"])
def test_text_that_is_no_json(text: str | bytes) -> None:
    with pytest.raises(InvalidFilter) as caught:
        parse_filter(text)
    assert caught.value.fault == "syntax"


@pytest.mark.parametrize("depth", [MAX_DEPTH, MAX_DEPTH + 1, 900, 100_000])
def test_levels_are_limited(depth: int) -> None:
    text = '{"!":' * (depth - 1) + '{"var":"label"}' + "}" * (depth - 1)
    if depth <= MAX_DEPTH:
        assert parse_filter(format_filter(parse_filter(text))) == parse_filter(text)
        return
    with pytest.raises(InvalidFilter) as caught:
        parse_filter(text)
    assert caught.value.fault == "depth"
    assert len(caught.value.message) < 200


fields = st.sampled_from(["label", "width", "attr.a\u2219b.c", "", "occluded"])
variables = fields.map(lambda name: {"var": name})
numbers = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
values = st.none() | st.booleans() | numbers | st.text(max_size=5)
texts = st.text(max_size=5) | variables
leaves: st.SearchStrategy[Any] = st.one_of(
    variables,
    variables.map(lambda var: {"!!": var}),
    variables.map(lambda var: {"!": [var]}),
    st.builds(
        lambda op, a, b: {op: [a, b]},
        st.sampled_from(["==", "!=", "<", "<=", ">", ">="]),
        variables,
        values | variables,
    ),
    st.builds(lambda op, a, b: {op: [a, b]}, st.sampled_from(["==", "<", ">="]), values, variables),
    st.builds(lambda op, a, b, c: {op: [a, b, c]}, st.sampled_from(["<", "<="]), values | variables, variables, values),
    st.builds(lambda var, found: {"in": [var, found]}, variables, st.lists(values, max_size=4)),
    st.builds(lambda text, var: {"in": [text, var]}, texts, variables),
    st.builds(lambda op, var, text: {op: [var, text]}, st.sampled_from(["startsWith", "ends_with"]), variables, texts),
)
documents = st.recursive(
    leaves,
    lambda inner: (
        st.builds(lambda op, rules: {op: rules}, st.sampled_from(["and", "or"]), st.lists(inner, min_size=1))
        | st.builds(lambda op, rule: {op: rule}, st.sampled_from(["!", "!!"]), inner)
    ),
    max_leaves=12,
)


@given(documents)
def test_written_rules_are_read_as_they_were(document: object) -> None:
    rule = read_filter(document)
    assert read_filter(write_filter(rule)) == rule
    text = format_filter(rule)
    assert parse_filter(text) == rule
    assert format_filter(parse_filter(text)) == text


json_values = st.recursive(
    values,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["and", "or", "!", "!!", "==", "<=", "in", "var", "method", "x"]), inner, max_size=2
        )
    ),
    max_leaves=20,
)


@given(json_values)
def test_any_document_is_a_rule_or_a_typed_error(document: object) -> None:
    try:
        rule = read_filter(document)
    except InvalidFilter:
        return
    assert read_filter(write_filter(rule)) == rule


@given(st.binary(max_size=60) | st.text(max_size=60))
def test_any_bytes_are_a_rule_or_a_typed_error(text: bytes | str) -> None:
    with contextlib.suppress(InvalidFilter):
        parse_filter(text)

"""Hypothesis strategies of documents that went wrong: valid ones with bytes or values changed in a few places."""

import json
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

TOKENS: list[bytes] = [
    *(b"", b'"', b"'", b"{", b"}", b"[", b"]", b",", b":", b"\n", b"\r", b"\0", b"\xff", b"\xc3", b"\xef\xbb\xbf"),
    *(b"null", b"true", b"NaN", b"-", b"1e999", b"-1", b"0", b"99999999999999999999", b"1.5", b"\\ud800", b"\\u0000"),
    *(
        b"<",
        b">",
        b"</",
        b"&#0;",
        b"&x;",
        b"<![CDATA[",
        b"<!--",
        b"<?",
        b'""',
        b"<<<<<<< HEAD\n",
        b"[" * 2000,
        b"x" * 3000,
    ),
]
"""What breaks parsers."""

ODD: list[Any] = [
    *(
        None,
        True,
        False,
        0,
        -1,
        1.5,
        -0.0,
        2**31,
        2**53,
        2**63,
        2**64,
        10**30,
        1e308,
        "",
        "x",
        "\0",
        "\u2028",
        "ä" * 300,
    ),
    *([], {}, [[]], [None], [1e308] * 4, {"id": 1}, ["x"], "rectangle", "skeleton", "tag", "1", "-5", "NaN"),
]
"""Values that few fields should have."""


@st.composite
def spoilt_bytes(draw: st.DrawFn, text: bytes) -> bytes:
    """A text with one to three places cut out, doubled, or overwritten by what breaks parsers."""
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        stop = draw(st.integers(start, min(len(text), start + 20)))
        kind = draw(st.integers(0, 2))
        if kind == 0:
            text = text[:start] + draw(st.sampled_from(TOKENS)) + text[stop:]
        elif kind == 1:
            text = text[:start] + text[start:stop] * 2 + text[stop:]
        else:
            text = text[:start] + draw(st.binary(max_size=4)) + text[stop:]
    return text


def places(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The way to each value inside another."""
    yield at
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in inner:
        yield from places(below, (*at, key))


def replaced(value: Any, at: tuple[str | int, ...], by: Any) -> Any:
    """The value with another one in a place."""
    if not at:
        return by
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    copy[at[0]] = replaced(value[at[0]], at[1:], by)
    return copy


@st.composite
def spoilt_json(draw: st.DrawFn, value: Any) -> Any:
    """A decoded document with one to three values replaced or taken away."""
    for _ in range(draw(st.integers(1, 3))):
        way = draw(st.sampled_from(list(places(value))))
        if way and draw(st.integers(0, 3)) == 0:
            value = _without(value, way)
        else:
            value = replaced(value, way, draw(st.sampled_from(ODD)))
    return value


def _without(value: Any, way: tuple[str | int, ...]) -> Any:
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    if len(way) == 1:
        del copy[way[0]]
    else:
        copy[way[0]] = _without(value[way[0]], way[1:])
    return copy


@st.composite
def spoilt_document(draw: st.DrawFn, text: bytes) -> bytes:
    """A JSON document with bytes or values changed, or no such thing at all."""
    kind = draw(st.integers(0, 4))
    if kind == 0:
        return draw(st.binary(max_size=60))
    if kind < 3:
        return draw(spoilt_bytes(text))
    return json.dumps(draw(spoilt_json(json.loads(text)))).encode()


@st.composite
def spoilt_lines(draw: st.DrawFn, text: bytes) -> bytes:
    """Lines of JSON, one of them changed, taken away, doubled or moved to the end."""
    lines = text.splitlines(keepends=True)
    if not lines or draw(st.integers(0, 3)) == 0:
        return draw(spoilt_bytes(text))
    at = draw(st.integers(0, len(lines) - 1))
    line = lines.pop(at)
    kind = draw(st.integers(0, 3))
    if kind == 0:
        lines.insert(at, draw(spoilt_document(line)) + b"\n")
    elif kind == 1:
        lines += [line, line]
    elif kind == 2:
        lines.append(line)
    return b"".join(lines)

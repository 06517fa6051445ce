"""Text as XML 1.0 can hold it."""

from __future__ import annotations

import re

_MARKUP = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord("\r"): "&#13;"}
_IN_ATTRIBUTES = {**_MARKUP, ord('"'): "&quot;", ord("\n"): "&#10;", ord("\t"): "&#9;"}
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def element_text(text: str) -> str:
    """Text between tags."""
    return _FORBIDDEN.sub("\ufffd", text).translate(_MARKUP)


def attribute_text(text: str) -> str:
    """The value of an attribute, with its quotes."""
    return f'"{_FORBIDDEN.sub(chr(0xFFFD), text).translate(_IN_ATTRIBUTES)}"'


def is_writable(text: str) -> bool:
    """Whether every character can be written; others become U+FFFD."""
    return _FORBIDDEN.search(text) is None


def number_text(value: float) -> str:
    """A coordinate with two decimals as CVAT writes it, or with as many as it takes to lose nothing."""
    text = f"{value:.2f}"
    return text if float(text) == value else repr(float(value))

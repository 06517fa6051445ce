"""What the command line writes: data on stdout, everything else on stderr."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Sequence

import msgspec


class OutputClosedError(Exception):
    """Whoever reads our stdout has gone; not an OSError, which the framework would answer in its own way."""


_READ_BY_PEOPLE = 1_000_000
"""Bytes of JSON that are indented. More are for programs: indentation would make them three times as long."""


def write_data(line: str) -> None:
    """Write a line of data to stdout.

    Errors: OutputClosedError.
    """
    write_text(line + "\n")


def write_text(text: str) -> None:
    """Write data to stdout that ends its own lines.

    Errors: OutputClosedError.
    """
    try:
        sys.stdout.write(text)
    except BrokenPipeError:
        raise OutputClosedError from None


def write_json(value: object) -> None:
    """Write structs, lists and dicts as JSON to stdout, indented for people; on one line what nobody would read."""
    data = msgspec.json.encode(value)
    if len(data) <= _READ_BY_PEOPLE:
        data = msgspec.json.format(data, indent=2)
    write_data(data.decode())


def write_table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Write aligned columns to stdout; columns of numbers stand to the right."""
    right = [bool(rows) and all(isinstance(row[column], int) for row in rows) for column in range(len(head))]
    cells = [tuple(printable(str(cell)) for cell in row) for row in (head, *rows)]
    widths = [max(_columns(row[column]) for row in cells) for column in range(len(head))]
    for row in cells:
        padded = []
        for cell, width, numeric in zip(row, widths, right, strict=True):
            gap = " " * (width - _columns(cell))
            padded.append(gap + cell if numeric else cell + gap)
        write_data("  ".join(padded).rstrip())


def say(text: str) -> None:
    """Tell the person something, on stderr."""
    try:
        sys.stderr.write(text + "\n")
        sys.stderr.flush()
    except BrokenPipeError:
        silence()


def printable(text: str) -> str:
    """Text without control characters: names come from other people, and a terminal obeys what it is sent."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else "�" for letter in text)


def flush() -> None:
    """Send what is written on its way now, while a reader that is gone can still be noticed.

    Errors: OutputClosedError.
    """
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise OutputClosedError from None


def silence() -> None:
    """Send all further output nowhere, so that Python does not complain at exit of a pipe that is closed."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())


def _columns(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)

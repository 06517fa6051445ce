"""How a command ends when it cannot do its work: one sentence, what to do, an exit code; never a traceback."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from cvatcore.errors import CvatError, InvalidDocument
from cvattui.cli.output import OutputClosedError, say, silence

if TYPE_CHECKING:
    from cvatcore.workspace.unreadable import Unreadable

INTERNAL_ERROR = 70
"""A mistake of this program (BSD's EX_SOFTWARE)."""

INTERRUPTED = 130
"""Ctrl-C, as shells count it: 128 + SIGINT."""

BROKEN_PIPE = 141
"""The reader of our output went away, as shells count it: 128 + SIGPIPE."""

SHOW_TRACEBACK = "CVAT_TRACEBACK"
"""Set to 1, an unexpected error shows where it came from."""


@contextmanager
def failures_told() -> Iterator[None]:
    """Turn whatever a command raises into a message on stderr and a `SystemExit`."""
    try:
        yield
    except CvatError as error:
        say_failure(error.message, error.hint)
        _show_traceback()
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        say("cvat: Interrupted.")
        sys.exit(INTERRUPTED)
    except OutputClosedError:
        silence()
        sys.exit(BROKEN_PIPE)
    except Exception as error:  # noqa: BLE001  a traceback is for developers: it goes to a file
        say(f"cvat: This should not happen: {_in_one_line(error)}.")
        say(f"      Please report it with the file {_write_report()} ({SHOW_TRACEBACK}=1 shows it here).")
        _show_traceback()
        sys.exit(INTERNAL_ERROR)


def say_failure(message: str, hint: str) -> None:
    """Tell the person what failed and what to do, on stderr."""
    say(f"cvat: {message}")
    if hint:
        say(f"      {hint}")


def tell_unreadable(found: Iterable[Unreadable]) -> None:
    """Tell of each file that could not be read, once; then end the command as one that could not do all of its work.

    Call it when all else is printed. Does nothing where there is none.
    """
    said = dict.fromkeys((one.message, one.hint) for one in found)
    for message, hint in said:
        say_failure(message, hint)
    if said:
        raise typer.Exit(InvalidDocument.exit_code)


def _in_one_line(error: Exception) -> str:
    text = " ".join(f"{type(error).__name__}: {error}".split()).rstrip(".: ")
    return text if len(text) <= 200 else text[:199] + "…"


def _write_report() -> str:
    try:
        number, path = tempfile.mkstemp(prefix="cvat-error-", suffix=".log")
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(traceback.format_exc())
    except OSError:
        return "that could not be written"
    return path


def _show_traceback() -> None:
    if os.environ.get(SHOW_TRACEBACK) == "1":
        say(traceback.format_exc())

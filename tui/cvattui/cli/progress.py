"""A progress bar on stderr, for people at a terminal."""

from __future__ import annotations

import shutil
import sys
import time
from types import TracebackType
from typing import Self

_EVERY = 0.1
"""Seconds between two drawings."""

_BAR = 24
"""Cells of the bar."""


class ProgressBar:
    """Called with what is done and what there is (0: not known); draws nothing where stderr is no terminal."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._visible = sys.stderr.isatty()
        self._drawn_at = 0.0
        self._width = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._width:
            self._draw("")

    def __call__(self, done: int, total: int) -> None:
        """Show how far it is."""
        now = time.monotonic()
        if not self._visible or (now - self._drawn_at < _EVERY and done != total):
            return
        self._drawn_at = now
        self._draw(progress_line(self._title, done, total))

    def _draw(self, line: str) -> None:
        line = line[: shutil.get_terminal_size().columns - 1]
        sys.stderr.write("\r" + line.ljust(self._width) + ("" if line else "\r"))
        sys.stderr.flush()
        self._width = len(line)


def progress_line(title: str, done: int, total: int) -> str:
    """The text of a bar."""
    if total <= 0:
        return f"{title}  {done:,}"
    share = min(max(done / total, 0.0), 1.0)
    filled = int(share * _BAR)
    return f"{title}  {'█' * filled}{'░' * (_BAR - filled)}  {share:4.0%}  {done:,} of {total:,}"

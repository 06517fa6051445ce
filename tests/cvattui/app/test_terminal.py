"""`cvat tui` in a terminal of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("Windows has no pseudo terminals of this kind", allow_module_level=True)

import termios

from cvatcore import Workspace
from cvattui.client import read_note
from kit.samples import photo

pytestmark = pytest.mark.terminal

LEFT_SCREEN = b"\x1b[?1049l"
"""What a program sends that gives the terminal back as it was."""


def read_until(terminal: int, text: bytes, *, within: float = 40.0) -> bytes:
    """What the program draws, up to a text."""
    end, seen = time.monotonic() + within, b""
    while text not in seen:
        assert time.monotonic() < end, seen.decode(errors="replace")
        seen += os.read(terminal, 65536)
    return seen


@contextmanager
def in_terminal(root: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The terminal UI on a workspace, in a terminal of 80 x 24 whose other end is given."""
    terminal, inside = os.openpty()
    termios.tcsetwinsize(inside, (24, 80))
    with subprocess.Popen(
        [sys.executable, "-c", "from cvattui.cli import main; main()", "tui", str(root)],
        stdin=inside,
        stdout=inside,
        stderr=inside,
        env={**os.environ, "TERM": "xterm-256color"},
    ) as process:
        os.close(inside)
        try:
            yield process, terminal
        finally:
            if process.poll() is None:
                process.terminate()
            os.close(terminal)


@pytest.mark.parametrize("how", ["q", "hangup"])
def test_it_starts_a_daemon_and_leaves_none_behind(tmp_path: Path, how: str) -> None:
    root = Workspace.init(tmp_path / "w", name="nightly").root
    with in_terminal(root) as (process, terminal):
        read_until(terminal, b"nightly")
        note = read_note(root)
        assert note is not None
        if how == "q":
            os.write(terminal, b"q")
        else:
            process.send_signal(signal.SIGHUP)
        read_until(terminal, LEFT_SCREEN)
        assert process.wait(20) == 0
    assert read_note(root) is None
    with pytest.raises(ProcessLookupError):
        os.kill(note.pid, 0)


def test_keys_that_come_in_one_burst_reach_what_the_first_one_opens(tmp_path: Path) -> None:
    root = tmp_path / "w"
    with Workspace.init(root, name="nightly") as workspace:
        for name in ("day", "evening"):
            workspace.create_task(name, labels=["car"], data=[photo("camera.png")])
    with in_terminal(root) as (process, terminal):
        read_until(terminal, b"evening")
        os.write(terminal, b"/sevs")
        read_until(terminal, b"/sevs")
        os.write(terminal, b"\x1b")
        read_until(terminal, b"evening")
        os.write(terminal, b"s3")
        read_until(terminal, b"completed")
        os.write(terminal, b"q")
        read_until(terminal, LEFT_SCREEN)
        assert process.wait(20) == 0
    with Workspace(root) as workspace:
        assert [job.state for task in workspace.tasks for job in task.jobs] == ["completed", "new"]

"""`cvat tui` in a terminal of its own."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("Windows has no pseudo terminals of this kind", allow_module_level=True)

import termios

from cvatcore import Workspace
from cvattui.client import read_note

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


@pytest.mark.parametrize("how", ["q", "hangup"])
def test_it_starts_a_daemon_and_leaves_none_behind(tmp_path: Path, how: str) -> None:
    root = Workspace.init(tmp_path / "w", name="nightly").root
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
        read_until(terminal, b"nightly")
        note = read_note(root)
        assert note is not None
        if how == "q":
            os.write(terminal, b"q")
        else:
            process.send_signal(signal.SIGHUP)
        read_until(terminal, LEFT_SCREEN)
        assert process.wait(20) == 0
    os.close(terminal)
    assert read_note(root) is None
    with pytest.raises(ProcessLookupError):
        os.kill(note.pid, 0)

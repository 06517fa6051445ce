"""`cvat serve` and `cvat demo` as a person runs them: processes that print a link, serve, and end on Ctrl-C."""

import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cvatcore import Workspace
from kit.command import cvat

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C of a single process is POSIX's SIGINT")


@contextmanager
def serving(*arguments: str | Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A command that has printed its link, and the link."""
    with subprocess.Popen(
        [sys.executable, "-u", "-c", "from cvattui.cli import main; main()", *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        try:
            assert process.stdout is not None
            link = next((line.strip() for line in process.stdout if "http://" in line), "")
            yield process, link
        finally:
            process.kill()


def test_serve_is_the_daemon_and_ends_on_ctrl_c(tmp_path: Path) -> None:
    root = Workspace.init(tmp_path / "w").root
    with serving("-C", root, "serve", "--no-open", "--port", "0") as (process, link):
        with urllib.request.urlopen(link.partition("?")[0] + "api/server/about") as answer:
            assert answer.status == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0


def test_demo_draws_serves_and_is_found_by_the_command_line(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with serving("demo", folder, "--no-open", "--port", "0", "--pictures", "4", "--frames", "8") as (process, link):
        assert "?token=" in link
        assert {task["name"] for task in cvat("task", "ls", "--json", workspace=folder).json} == {
            "street",
            "evening drive",
        }
        assert cvat("validate", workspace=folder).code == 0
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0


def test_errors_of_the_daemon_keep_their_exit_code(tmp_path: Path) -> None:
    root = Workspace.init(tmp_path / "w").root
    done = subprocess.run(
        [sys.executable, "-c", "from cvattui.cli import main; main()", "-C", root, "serve", "--port", "99999"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 2
    assert "99999" in done.stderr

"""Runs the `cvat` command line, in this process or as a program of its own."""

import contextlib
import io
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cvattui.cli import main


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def cvat(*arguments: str | Path, workspace: Path | None = None) -> Done:
    """Run a command in this process, in `workspace` if given; what it writes is caught."""
    given = [] if workspace is None else ["-C", str(workspace)]
    out, err = io.StringIO(), io.StringIO()
    code: object = 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main([*given, *map(str, arguments)])
        except SystemExit as stop:
            code = stop.code
    assert code is None or isinstance(code, int), code
    return Done(code or 0, out.getvalue(), err.getvalue())


def take_back(line: str) -> None:
    """Run the command that another one printed, as a person would paste it into a shell."""
    program, *arguments = shlex.split(line)
    assert program == "cvat", line
    done = cvat(*arguments)
    assert done.code == 0, done.err


def cvat_process(*arguments: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Done:
    """Run a command as a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", "from cvattui.cli import main; main()", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)

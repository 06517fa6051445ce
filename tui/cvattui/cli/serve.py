"""`cvat serve`: the daemon, as `cvatd` starts it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Never

import typer

from cvattui.cli.opening import workspace_folder

PASSED_ON = {"ignore_unknown_options": True, "allow_extra_args": True}
"""Settings of the command: its options are the daemon's own, with the daemon's own `--help`."""


def serve(context: typer.Context) -> None:
    """Start the daemon and its web view; options as for cvatd."""
    folder = workspace_folder(context)
    run_daemon([*context.args] if folder == Path() else [str(folder), *context.args])


def run_daemon(arguments: Sequence[str]) -> Never:
    """Become the daemon (on Windows: run it and end with it). Signals and the exit code are its own."""
    command = [sys.executable, "-m", "cvatd", *arguments]
    if os.name == "posix":
        sys.stdout.flush()
        sys.stderr.flush()
        os.execv(command[0], command)
    raise typer.Exit(subprocess.call(command))

"""The terminal UI: tasks and jobs of one workspace, live, as a client of its daemon. Loaded by `cvat tui` only."""

from __future__ import annotations

from pathlib import Path

from cvatcore.workspace import find_root
from cvatcore.workspace.initialize import read_settings
from cvattui.app.application import CvatApp
from cvattui.daemon import LocalDaemon

__all__ = ["CvatApp", "run"]


def run(folder: Path) -> None:
    """Show the workspace that a folder is or lies in, until the person leaves.

    A daemon that has to be started for it ends with it.
    Errors: NotAWorkspace, UnsupportedVersion, InvalidDocument, DaemonFailed.
    """
    root = find_root(folder)
    read_settings(root)  # Says what is wrong with them before the screen is taken.
    with LocalDaemon(root) as daemon:
        CvatApp(daemon, client=daemon.connect()).run()

"""Packs the history in the background, when loose objects have piled up."""

from __future__ import annotations

import subprocess
import threading
from pathlib import Path

from cvatcore.workspace.upkeep.cleaning import command, is_needed

EVERY_SECONDS = 60.0
"""How often it looks; a look is a few folders."""


class Housekeeper:
    """Looks every now and then, in a thread of its own; another process does the work, so that requests do not feel it.

    Args:
        root: the workspace.
        every: seconds between two looks, and before the first.
    """

    def __init__(self, root: Path, *, every: float = EVERY_SECONDS) -> None:
        self._root = root
        self._every = every
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="housekeeper", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End. A clean-up that runs is left to finish by itself: it needs no daemon."""
        self._stopping.set()

    def look(self) -> bool:
        """Clean up if that is needed, and wait for it. Returns whether it was."""
        try:
            if not is_needed(self._root):
                return False
            subprocess.run(command(self._root), stdin=subprocess.DEVNULL, capture_output=True, check=False)
        except OSError:
            return False  # No memory, no processes left: the next look may find some.
        return True

    def _work(self) -> None:
        while not self._stopping.wait(self._every):
            self.look()

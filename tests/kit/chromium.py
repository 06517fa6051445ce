"""The Chromium of this machine, for tests marked `browser`."""

from pathlib import Path

import pytest

import chromium as installer

ARGUMENTS = ("--no-sandbox", "--disable-gpu-sandbox", "--disable-dev-shm-usage")
"""What Chromium needs to start in a container, as root and with a small /dev/shm."""


def executable() -> Path:
    """Chromium's path, for `playwright.chromium.launch(executable_path=...)`; fails the test where there is none."""
    found = installer.find()
    if found is None:
        pytest.fail(installer.HOW)
    return found

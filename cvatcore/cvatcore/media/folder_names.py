"""What folders of media in a workspace are called."""

from __future__ import annotations

import re
from pathlib import Path


def folder_name(title: str, *, default: str) -> str:
    """What the folder of a task's media is called: the task's title, as every system can have it, else `default`."""
    return re.sub(r"[^\w.-]+", "-", title).strip(".-_")[:60] or default


def free_name(into: Path, *, wanted: str) -> Path:
    """A place in a folder where nothing is yet, of the wanted name or one like it."""
    number = 1
    while True:
        target = into / (wanted if number == 1 else f"{wanted}-{number}")
        if not target.exists():
            return target
        number += 1

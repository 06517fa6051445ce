"""The first start in a folder of pictures or videos: say what is there, ask, make the workspace."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cvatcore.errors import InvalidInput, NotAWorkspace
from cvatcore.schema import parse_label_names

if TYPE_CHECKING:
    from cvatcore.workspace import Workspace

DEFAULT_LABELS = "object"
"""The labels of the first tasks where nobody names any."""


def first_workspace(folder: Path, *, yes: bool, labels: str) -> Workspace:
    """Make a workspace in a folder that is none, with a task for its pictures and one for each video.

    Errors: NotAWorkspace when there is nothing to annotate or the answer is no; InvalidInput when
    nobody can be asked; InvalidMedia for a file that cannot be used, then no workspace is made.
    """
    from cvatcore.media import classify

    found = classify(folder)
    if not found.pictures and not found.videos:
        raise NotAWorkspace(
            f"{folder} is no workspace and holds no pictures or videos.",
            hint="Start in a folder that does, or make an empty workspace: cvat init.",
        )
    _say(f"{folder} is no workspace yet. It holds {_count(found.pictures, found.videos)}.")
    if not yes:
        if not sys.stdin.isatty():
            raise InvalidInput(
                "Nobody can be asked whether to make a workspace here.",
                hint="Say it beforehand: cvatd --yes --labels car,person.",
            )
        if not _agrees("Make a workspace here? The files stay as they are. [Y/n] "):
            raise NotAWorkspace("No workspace was made.", hint="Make one with: cvat init.")
        labels = labels or _ask(f"Labels, separated by commas [{DEFAULT_LABELS}]: ")
    names = parse_label_names(labels or DEFAULT_LABELS)
    return _make(folder, names, videos=found.videos, pictures=bool(found.pictures))


def _make(folder: Path, labels: Sequence[str], *, videos: Sequence[str], pictures: bool) -> Workspace:
    from cvatcore.media import scan
    from cvatcore.media.walking import walk
    from cvatcore.workspace import Workspace

    # Everything is looked at before anything is written: a broken file leaves the folder as it was.
    sources: list[tuple[str, list[Path]]] = []
    if pictures:
        # A folder with videos in it is no one task: its pictures are named one by one.
        named = sorted(folder / name for name, kind in walk(folder) if kind in ("picture", "cloud"))
        files = named if videos else [folder]
        sources.append((folder.name or "pictures", files))
    sources += [(Path(video).stem, [folder / video]) for video in videos]
    for _, files in sources:
        scan(files, root=folder)
    workspace = Workspace.init(folder)
    for name, files in sources:
        task = workspace.create_task(name, labels=labels, data=files)
        _say(f"Task {task.id}: {task.name}, {task.size} frame{'s' * (task.size != 1)}.")
    return workspace


def _count(pictures: int, videos: Sequence[str]) -> str:
    parts = []
    if pictures:
        parts.append(f"{pictures} picture{'s' * (pictures != 1)}")
    if videos:
        names = ", ".join(videos[:3]) + (", …" if len(videos) > 3 else "")
        parts.append(f"{len(videos)} video{'s' * (len(videos) != 1)} ({names})")
    return " and ".join(parts)


def _agrees(question: str) -> bool:
    return _ask(question).lower() in {"", "y", "yes"}


def _ask(question: str) -> str:
    sys.stderr.write(question)
    sys.stderr.flush()
    return sys.stdin.readline().strip()


def _say(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")
    sys.stderr.flush()

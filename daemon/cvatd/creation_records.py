"""What was asked for in the background, one file each under `.cvat/requests`: a restart of the daemon knows it."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from cvatcore.protocol.creation import DataRequest, RequestState
from cvatcore.store.files import read_file, remove_file, replace_file
from cvatcore.store.layout import LOCAL

KEPT_DAYS = 7
"""How long one that is over can be asked for."""

KEPT = 1000
"""And how many of them."""

_NAME = re.compile(r"(create-task-[0-9]{1,18}-[0-9a-f]{16})\.json")


class Creation(msgspec.Struct, frozen=True):
    """The making of a task's frames: what was asked for, and how far it is."""

    id: str
    task: int
    owner: str
    """The username of who asked."""
    request: DataRequest
    created: str
    """UTC, ISO 8601 with `Z`, as all times here."""
    status: RequestState = "queued"
    message: str = ""
    """Why it failed."""
    names: tuple[str, ...] = ()
    """Of uploaded files, in their order."""
    place: str = ""
    """The folder below the workspace that uploaded and downloaded files are moved to; empty until then."""
    started: str = ""
    finished: str = ""

    @property
    def is_over(self) -> bool:
        """Whether nothing will happen any more."""
        return self.status in {"finished", "failed"}


def new_id(task: int) -> str:
    """An id that nobody has."""
    return f"create-task-{task}-{secrets.token_hex(8)}"


def now() -> str:
    """This moment, in microseconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class CreationFiles:
    """The records of a workspace on disk."""

    def __init__(self, root: Path) -> None:
        self._folder = root / LOCAL / "requests"

    def read(self) -> list[Creation]:
        """All that can be read, oldest first; what is too old or too many is removed."""
        found: list[Creation] = []
        with contextlib.suppress(OSError):
            for name in os.listdir(self._folder):
                if match := _NAME.fullmatch(name):
                    with contextlib.suppress(msgspec.MsgspecError):
                        one = msgspec.json.decode(read_file(self._folder / name) or b"", type=Creation)
                        if one.id == match[1]:
                            found.append(one)
        found.sort(key=lambda one: one.created)
        oldest = (datetime.now(UTC) - timedelta(days=KEPT_DAYS)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        over = [one for one in found if one.is_over]
        removed = {one.id for one in over if one.created < oldest} | {one.id for one in over[:-KEPT]}
        for number in removed:
            self.remove(number)
        return [one for one in found if one.id not in removed]

    def write(self, one: Creation) -> None:
        """Write a record, on the disk itself: what was accepted is not forgotten. Errors: StorageFailed."""
        replace_file(self._folder / f"{one.id}.json", msgspec.json.encode(one))

    def remove(self, number: str) -> None:
        """Remove a record."""
        remove_file(self._folder / f"{number}.json")

    def note_no_overlap(self, task: int) -> None:
        """Remember that no overlap was asked for, which a task without frames cannot say. Errors: StorageFailed."""
        replace_file(self._folder / f"no-overlap-{task}", b"", durable=False)

    def is_without_overlap(self, task: int) -> bool:
        """Whether somebody asked for no overlap."""
        return (self._folder / f"no-overlap-{task}").exists()

    def forget_overlap(self, task: int) -> None:
        """Forget what was asked of the overlap: the task has its frames, or is gone."""
        remove_file(self._folder / f"no-overlap-{task}")

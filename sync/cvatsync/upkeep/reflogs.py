"""Git's logs of where its references stood, and the lines of saves that were amended since."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from pathlib import Path

import msgspec

from cvatcore.store.files import move_file, read_file, stage_file
from cvatsync.working_index import LOCK_MARK

SAVE = "cvat: save"
"""What a save says in the log."""

SCRATCH = "cvat-log"
"""How the names of temporary files begin."""

_LINE = re.compile(rb"([0-9a-f]{40}) ([0-9a-f]{40}) ([^\t]*)(?:\t(.*))?$")
_NOTHING = "0" * 40


class LogLine(msgspec.Struct, frozen=True):
    """One move of a reference."""

    before: str
    after: str
    who: bytes
    """Name, address and time, as git has them."""
    message: bytes

    @property
    def is_save(self) -> bool:
        """Whether a save of ours made it."""
        return self.message == SAVE.encode()


def log_files(folders: Collection[Path]) -> Iterator[tuple[Path, str]]:
    """The logs below these folders of a repository and its worktrees, each with the name of its reference."""
    for folder in folders:
        for path in sorted((folder / "logs").rglob("*")):
            if path.is_file() and not path.name.endswith((".lock", ".tmp")):
                yield path, path.relative_to(folder / "logs").as_posix()


def read_log(path: Path) -> list[LogLine]:
    """The lines of a log, oldest first; those that are broken are left out."""
    found: list[LogLine] = []
    for line in (read_file(path) or b"").split(b"\n"):
        match = _LINE.match(line)
        if match is not None:
            found.append(LogLine(match[1].decode(), match[2].decode(), match[3], match[4] or b""))
    return found


def drop_lines(path: Path, *, lock: Path, scratch: Path, gone: Collection[str]) -> None:
    """Take the commits that will be gone out of a log: each line then begins where the one before it ended.

    Args:
        path: the log.
        lock: git's lock of the reference. Where somebody else holds it, the log stays as it is.
        scratch: a folder on the same disk, in which git looks for no logs.
        gone: ids.

    Errors: StorageFailed.
    """
    if not any(line.after in gone or line.before in gone for line in read_log(path)):
        return
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(lock, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    except FileExistsError:
        return
    try:
        os.write(handle, LOCK_MARK + str(os.getpid()).encode())
        kept = [line for line in read_log(path) if line.after not in gone]
        text: list[bytes] = []
        before = kept[0].before if kept and kept[0].before not in gone else _NOTHING
        for line in kept:
            message = b"\t" + line.message if line.message else b""
            text.append(f"{before} {line.after} ".encode() + line.who + message + b"\n")
            before = line.after
        mode = os.stat(path).st_mode & 0o777
        move_file(stage_file(scratch, b"".join(text), name=SCRATCH, durable=True, mode=mode), path)
    finally:
        os.close(handle)
        lock.unlink(missing_ok=True)

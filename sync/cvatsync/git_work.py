"""One command of git at a time in a workspace, and what one that died has left in git's folder.

A process that is killed leaves git's lock files where it stood. Which of them are its own is known by a mark in the
local folder, which stands there only while a command is at work: a lock that is younger than the mark of a dead
command, and that nobody takes away for a while, is in nobody's hands.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

from cvatcore.errors import Busy
from cvatcore.store import WriteLock
from cvatcore.store.files import MISSING, remove_file, replace_file, stamp
from cvatsync.checkout import Checkout
from cvatsync.history import objects_folder

_WAIT_SECONDS = 60.0
"""How long a command waits for another one."""

_HELD_SECONDS = 0.3
"""Git holds its locks for milliseconds: one that stays for so long after a crash is nobody's."""

_STEP_SECONDS = 0.02
_CLOCK_STEP_NS = 10_000_000


@contextlib.contextmanager
def git_work(checkout: Checkout, *, wait: float = _WAIT_SECONDS) -> Iterator[None]:
    """Work with branches and remotes while no other command of ours does, on this machine.

    Errors: Busy when another one takes longer than `wait` seconds; StorageFailed.
    """
    local = checkout.workspace.store.local
    mark = local / "git-work"
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(WriteLock(local / "git-work.lock").held(wait=wait))
        except Busy:
            raise Busy(
                "Another sync, merge or switch of this workspace is under way.",
                hint="Wait until it is done and try again.",
            ) from None
        begun = stamp(mark)
        if begun != MISSING:
            _remove_locks(checkout, begun_ns=begun[0])
        replace_file(mark, b"", durable=False)
        try:
            yield
        finally:
            remove_file(mark)


def _remove_locks(checkout: Checkout, *, begun_ns: int) -> None:
    waiting = {path: found for path in _locks(checkout) if (found := stamp(path))[0] >= begun_ns - _CLOCK_STEP_NS}
    end = time.monotonic() + _HELD_SECONDS
    while waiting and time.monotonic() < end:
        time.sleep(_STEP_SECONDS)
        waiting = {path: found for path, found in waiting.items() if stamp(path) == found}
    for path in waiting:
        remove_file(path)


def _locks(checkout: Checkout) -> Iterator[Path]:
    """Git's lock files, without that of the index: a person at an editor may hold it, and the store knows its own."""
    own, common = Path(checkout.repository.path), objects_folder(checkout.repository).parent
    for folder in dict.fromkeys((own, common)):
        yield from (path for path in folder.glob("*.lock") if path.name != "index.lock")
        yield from (folder / "refs").rglob("*.lock")

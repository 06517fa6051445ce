"""Makes tasks of their media in the background: how far each is can be asked, and each can be cancelled."""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from cvatcore.errors import CvatError, NotFound
from cvatcore.protocol import ChangeEvent
from cvatcore.protocol.creation import DataRequest
from cvatd.creation_records import Creation, CreationFiles, new_id, now
from cvatd.creation_work import CreationWork
from cvatd.refusals import FieldErrors, Refused
from cvatd.uploads import Uploads

if TYPE_CHECKING:
    from cvatcore.workspace import Workspace

AT_ONCE = 2
"""Tasks that are made at the same time; others wait."""

CLEAN_SECONDS = 60 * 60.0
STOP_SECONDS = 5.0

CANCELLED = "The request was cancelled."

_log = logging.getLogger("cvatd")


def unknown(number: str) -> NotFound:
    """What is told of an id that no request has, or that of somebody else."""
    return NotFound(f"There is no request {number!r}.")


class _Left(Exception):
    """Raised within the work on a task that is to end before it is done."""


class _Work:
    """One creation that is not over."""

    def __init__(self) -> None:
        self.progress = 0.0
        self.is_cancelled = False
        self.is_begun = False


class Creations:
    """The tasks of a workspace that get their frames.

    Args:
        workspace: what they are in.
        uploads: the files that clients sent.
        publish: told of each task that is done.
        allow_private_urls: whether servers of private networks are asked for media.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        uploads: Uploads,
        publish: Callable[[ChangeEvent], None],
        allow_private_urls: bool = False,
    ) -> None:
        self.files = CreationFiles(workspace.root)
        self._workspace = workspace
        self._uploads = uploads
        self._publish = publish
        self._maker = CreationWork(workspace, uploads=uploads, files=self.files, allow_private_urls=allow_private_urls)
        self._lock = threading.Lock()
        self._known: dict[str, Creation] = {}
        self._working: dict[str, _Work] = {}
        self._stopping = threading.Event()
        self._waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Go on with what a daemon before this one left."""
        for one in self.files.read():
            self._known[one.id] = one
            if not one.is_over:
                self._enqueue(one)
        workers = [self._work] * AT_ONCE
        self._threads = [
            threading.Thread(target=work, name="creation", daemon=True) for work in (*workers, self._clean)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End: what is under way is left as it is, and gone on with at the next start."""
        self._stopping.set()
        for _ in self._threads:
            self._waiting.put("")
        deadline = time.monotonic() + STOP_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def submit(self, task: int, request: DataRequest, *, names: Sequence[str], owner: str) -> Creation:
        """Begin to make a task of its media.

        Errors: FieldErrors when it has frames, Refused with 409 while it is being made; StorageFailed.
        """
        one = Creation(id=new_id(task), task=task, owner=owner, request=request, created=now(), names=tuple(names))
        self.check_free(task)
        with self._lock:
            if any(other.task == task and not other.is_over for other in self._known.values()):
                raise Refused(409, "The task is being made of other data already.")
            self._known[one.id] = one
        try:
            self.files.write(one)
        except CvatError:
            with self._lock:
                del self._known[one.id]
            raise
        self._enqueue(one)
        return one

    def check_free(self, task: int) -> None:
        """Make sure that a task can get frames now.

        Errors: FieldErrors when it has some; Refused with 409 while it is being made; NotFound.
        """
        if self._workspace.tasks[task].size:
            raise FieldErrors("Adding more data is not supported")
        if task in self.busy():
            raise Refused(409, "The task is being made of other data already.")

    def busy(self) -> frozenset[int]:
        """The tasks that are being made."""
        with self._lock:
            return frozenset(one.task for one in self._known.values() if not one.is_over)

    def all(self) -> list[Creation]:
        """All that are known, newest first."""
        with self._lock:
            return sorted(self._known.values(), key=lambda one: one.created, reverse=True)

    def get(self, number: str) -> Creation:
        """The one of that id.

        Errors: NotFound.
        """
        with self._lock:
            if number in self._known:
                return self._known[number]
        raise unknown(number)

    def newest_of(self, task: int) -> Creation | None:
        """The last one of a task."""
        return next((one for one in self.all() if one.task == task), None)

    def progress_of(self, one: Creation) -> float:
        """How far it is, from 0 to 1."""
        work = self._working.get(one.id)
        return 1.0 if one.status == "finished" else work.progress if work else 0.0

    def cancel(self, number: str) -> None:
        """End one that is not over; its task stays without data.

        Errors: NotFound; FieldErrors when it is over.
        """
        one = self.get(number)
        with self._lock:
            work = self._working.get(number)
            if one.is_over or work is None:
                raise FieldErrors(
                    [f"Only requests that are queued or started can be cancelled, not {one.status} ones."]
                )
            work.is_cancelled = True
            waits = not work.is_begun
            work.is_begun = True
        if waits:  # Nobody works on it, and from now on nobody will.
            self._end(number, CANCELLED)

    def forget_task(self, task: int) -> None:
        """End what is under way for a task that was removed, and remove its uploads."""
        with self._lock:
            for one in self._known.values():
                if one.task == task and one.id in self._working:
                    self._working[one.id].is_cancelled = True
        self._uploads.drop(task)
        self.files.forget_overlap(task)

    def _enqueue(self, one: Creation) -> None:
        with self._lock:
            self._working[one.id] = _Work()
        self._waiting.put(one.id)

    def _work(self) -> None:
        while not self._stopping.is_set():
            if number := self._waiting.get():
                self._make(number)

    def _change(self, number: str, **changes: Any) -> Creation:
        with self._lock:
            one = self._known[number] = msgspec.structs.replace(self._known[number], **changes)
        self.files.write(one)
        return one

    def _make(self, number: str) -> None:
        with self._lock:
            work = self._working.get(number)
            if work is None or work.is_begun:
                return  # It was cancelled while it waited.
            work.is_begun = True
        message = ""

        def tell(progress: float) -> None:
            if work.is_cancelled or self._stopping.is_set():
                raise _Left
            work.progress = progress

        def note(place: str, names: tuple[str, ...]) -> None:
            self._change(number, place=place, names=names)

        try:
            self._maker.make(self._change(number, status="started", started=now()), tell=tell, note=note)
        except _Left:
            if not work.is_cancelled:
                return  # The daemon ends; the next one goes on.
            message = CANCELLED
        except CvatError as error:
            if self._stopping.is_set():
                return  # The workspace may be closed already.
            message = self._maker.told(self._known[number], error)
        except Exception:  # noqa: BLE001  whatever it is, the request ends with a sentence, and the log has the trace
            if self._stopping.is_set():
                return
            _log.exception("The task of request %s could not be made", number)
            message = "cvatd could not make the task; its log says why."
        self._end(number, message)

    def _end(self, number: str, message: str) -> None:
        one = self._known[number]
        # Lists of a million names are of no more use, nor are addresses.
        over: dict[str, Any] = {"finished": now(), "names": (), "request": DataRequest()}
        with contextlib.suppress(CvatError):  # A full disk: in memory it is known all the same.
            if message:
                self._maker.clear(one)
                self._change(number, status="failed", message=message, **over)
            else:
                self._uploads.drop(one.task)
                self.files.forget_overlap(one.task)
                self._change(number, status="finished", **over)
        with self._lock:
            self._working.pop(number, None)
        self._publish(ChangeEvent("task", task_id=one.task))
        self._publish(ChangeEvent("tasks"))

    def _clean(self) -> None:
        while True:
            with contextlib.suppress(CvatError, OSError):
                self._uploads.clean(busy=self.busy())
            if self._stopping.wait(CLEAN_SECONDS):
                return

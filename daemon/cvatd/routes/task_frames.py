"""Adding frames to a task that is there: files that are uploaded first, or media of the share."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import Response

from cvatcore.errors import CvatError, InvalidInput, InvalidMedia, NotFound
from cvatcore.media import ScanOptions
from cvatcore.media.folder_names import folder_name
from cvatcore.media.share import read_share
from cvatcore.protocol import ChangeEvent
from cvatcore.protocol.creation import DataRequest
from cvatcore.protocol.frames import FramesRequest, FramesResponse
from cvatcore.store.files import storage_failed
from cvatd.call import Call, Endpoint
from cvatd.data_requests import inputs_of_share
from cvatd.dispatch import JSON
from cvatd.multipart import Sink, is_multipart, read_form
from cvatd.refusals import FieldErrors, Refused

if TYPE_CHECKING:
    from cvatcore.workspace.adding import FramesAdded
    from cvatcore.workspace.task import TaskView

_FILE_FIELDS = "client_files"


def receive(call: Call) -> Response:
    """`POST /cvatd/tasks/{id}/frames/files`: files of this upload; with `Upload-Start` a new one begins."""
    task = call.workspace.tasks[call.number()]
    uploads, area = call.context.uploads, _area(task)
    _check_free(call, task)
    if "upload-start" in call.headers:
        uploads.check_quiet(area)
        uploads.drop(area)  # Of an upload that was given up: those files are not meant.
        return Response(status_code=202, media_type=JSON)
    content_type = call.headers.get("content-type", "")
    if not is_multipart(content_type):
        raise Refused(415, "Files are sent in a form: multipart/form-data.")
    with uploads.receiving(area) as receiving:

        def open_file(field: str, name: str) -> Sink:
            if field.partition("[")[0] != _FILE_FIELDS:
                raise FieldErrors({field[:100]: ["Files are sent as client_files[0], client_files[1] and so on."]})
            return receiving.open(name, keep_folders=True)

        read_form(call.pieces, content_type=content_type, open_file=open_file)
    return Response(status_code=200, media_type=JSON)


def add(call: Call) -> FramesResponse:
    """`POST /cvatd/tasks/{id}/frames`: all at once, or none."""
    task = call.workspace.tasks[call.number()]
    request = call.decode(FramesRequest)
    _check_free(call, task)
    first = task.size
    with _uploaded(call, task) as uploaded:
        if bool(uploaded) == bool(request.server_files):
            raise InvalidInput("Combined data types are not supported" if uploaded else "No media data found")
        added = _add(task, uploaded, request) if uploaded else _add_shared(call, task, request)
    if added.frames:
        jobs = (*added.grown, *added.made)
        events = [ChangeEvent("job", task_id=task.id, job_id=job) for job in jobs]
        for event in (ChangeEvent("task", task_id=task.id), ChangeEvent("tasks"), *events):
            call.context.feed.publish(event)
    return FramesResponse(
        start_frame=added.frames[0] if added.frames else first,
        count=len(added.frames),
        known=added.known,
        jobs=[*added.grown, *added.made],
    )


def _add(task: TaskView, paths: Sequence[Path], request: FramesRequest) -> FramesAdded:
    """Add a copy of what was uploaded, without what the task has under the same names."""
    return task.add_frames(paths, options=ScanOptions(sorting=request.sorting_method), copy=True)


def _add_shared(call: Call, task: TaskView, request: FramesRequest) -> FramesAdded:
    share = read_share(call.workspace.root)
    if share is None:
        raise FieldErrors({"server_files": ["Nothing is shared on this machine: cvat share set DIR does it."]})
    asked = DataRequest(server_files=request.server_files, server_files_exclude=request.server_files_exclude)
    inputs = inputs_of_share(asked, share)
    options = ScanOptions(sorting=request.sorting_method, exclude=inputs.exclude, manifest=inputs.manifest)
    return task.add_frames(inputs.paths, options=options)


@contextmanager
def _uploaded(call: Call, task: TaskView) -> Iterator[tuple[Path, ...]]:
    """The files that were uploaded for a task, in a folder of its name; afterwards they are gone.

    What is wrong with them is told by the names that the client gave.
    """
    uploads, area = call.context.uploads, _area(task)
    with uploads.held(area) as state:
        if state.is_closed:
            raise _busy()
        state.is_closed = True
    try:
        names = uploads.close(area)
    except CvatError:
        uploads.open(area)
        raise
    folder = uploads.folder(area)
    # What is copied is called after the folder that it is in.
    place = folder.parent / "named" / folder_name(task.name, default=f"task-{task.id}")
    try:
        if names:
            try:
                place.parent.mkdir()
                os.rename(folder, place)
            except OSError as error:
                raise storage_failed(error, place) from None
        yield tuple(place / name for name in names)
    except CvatError as error:
        message = error.message.replace(f"{place}{os.sep}", "")
        if isinstance(error, InvalidMedia | NotFound):  # The task is there: a 404 would be of it.
            raise InvalidInput(message, hint=error.hint) from None
        error.message = message
        raise
    finally:
        uploads.drop(area)


def _check_free(call: Call, task: TaskView) -> None:
    """Make sure that nothing else gives the task frames just now. Errors: Refused with 409."""
    with call.context.uploads.held(_area(task)) as state:
        is_busy = state.is_closed
    if is_busy or task.id in call.context.creations.busy():
        raise _busy()


def _busy() -> Refused:
    return Refused(409, "The task gets other frames just now.")


def _area(task: TaskView) -> str:
    """What the files of its uploads are kept under."""
    return f"frames-{task.id}"


ENDPOINTS = (
    Endpoint(
        "POST",
        "/api/cvatd/tasks/{id}/frames/files",
        receive,
        "Send files that a task is to get as frames",
        streams=True,
    ),
    Endpoint(
        "POST",
        "/api/cvatd/tasks/{id}/frames",
        add,
        "Add frames to a task: what was sent for it, or files of the share",
        answers=FramesResponse,
        takes=FramesRequest,
    ),
)

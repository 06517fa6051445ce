"""Giving tasks their frames: files that clients send, media of the share, addresses; and how far that is."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from cvatcore.errors import CvatError, NotFound
from cvatcore.media.share import read_share, share_inputs
from cvatcore.protocol import ChangeEvent, DataResponse, RqStatus
from cvatcore.protocol.creation import DataRequest, RqState
from cvatd.call import Call, Endpoint
from cvatd.creation_records import Creation
from cvatd.data_requests import check_request, ordered_names, request_of_form, request_of_json
from cvatd.dispatch import JSON
from cvatd.multipart import Sink, is_multipart, read_form
from cvatd.refusals import FieldErrors, Refused
from cvatd.tus.endpoints import create_file, is_creation, tus_endpoints
from cvatd.tus.resumable import Destination

_FILE_FIELDS = "client_files"

_STATES: dict[str, RqState] = {
    "queued": "Queued",
    "started": "Started",
    "finished": "Finished",
    "failed": "Failed",
}


def receive(call: Call) -> Response | DataResponse:
    """`POST /tasks/{id}/data`: what is done depends on the headers, as in CVAT."""
    task = call.workspace.tasks[call.number()]
    creations, uploads = call.context.creations, call.context.uploads
    creations.check_free(task.id)
    finishes = "upload-finish" in call.headers
    if not finishes and "upload-start" in call.headers:
        uploads.check_quiet(task.id)
        uploads.drop(task.id)  # Of an upload that was given up: those files are not meant.
        return Response(status_code=202, media_type=JSON)
    if not finishes and is_creation(call):
        return create_file(call, _destination(call))
    request = _received(call, task.id)
    if not finishes and "upload-multiple" in call.headers:
        return Response(status_code=200, media_type=JSON)
    try:
        return _begin(call, task.id, request)
    except CvatError:
        if not finishes and task.id not in creations.busy():
            uploads.drop(task.id)  # What comes in one request is all kept, or nothing of it.
        raise


def _destination(call: Call) -> Destination:
    """Where the files of a task's upload go; names may have folders."""
    return Destination(call.workspace.tasks[call.number()].id)


def _received(call: Call, task: int) -> DataRequest:
    """Take the files of a request, and return what it says besides."""
    content_type = call.headers.get("content-type", "")
    if not is_multipart(content_type):
        if content_type.partition(";")[0].strip().lower() == "application/x-www-form-urlencoded":
            raise Refused(415, f'Unsupported media type "{content_type[:200]}" in request.')
        return request_of_json(call.pieces)
    keep_folders = call.query.get("folders", "") in {"1", "true"}
    declared = call.headers.get("content-length", "")
    length = int(declared) if declared.isascii() and declared.isdecimal() and len(declared) < 19 else 0
    with call.context.uploads.receiving(task, declared=length) as receiving:

        def open_file(field: str, name: str) -> Sink:
            if field.partition("[")[0] != _FILE_FIELDS:
                raise FieldErrors({field[:100]: ["Files are sent as client_files[0], client_files[1] and so on."]})
            return receiving.open(name, keep_folders=keep_folders)

        fields = read_form(call.pieces, content_type=content_type, open_file=open_file)
        # What is wrong is said before the files count.
        request = request_of_form(fields)
        check_request(request)
        return request


def _begin(call: Call, task: int, request: DataRequest) -> DataResponse:
    check_request(request)
    if request.server_files:
        share = read_share(call.workspace.root)
        if share is None:
            raise FieldErrors({"server_files": ["Nothing is shared on this machine: cvat share set DIR does it."]})
        try:
            share_inputs(share, request.server_files)  # Says at once what leaves it or is not there.
        except NotFound as error:  # The task is there: a 404 would be of it.
            raise FieldErrors({"server_files": [error.message]}) from None
    uploads, creations = call.context.uploads, call.context.creations
    came = uploads.close(task)
    try:
        names = ordered_names(request, came)
        one = creations.submit(task, request, names=names, owner=call.person.username)
    except CvatError:
        if task not in creations.busy():  # Else they are another request's.
            uploads.open(task)
        raise
    call.context.feed.publish(ChangeEvent("task", task_id=task))
    return _response(one, request, names)


def _response(one: Creation, request: DataRequest, names: Sequence[str]) -> DataResponse:
    return DataResponse(
        rq_id=one.id,
        image_quality=request.image_quality,
        start_frame=request.start_frame,
        stop_frame=request.stop_frame or 0,
        frame_filter=request.frame_filter,
        server_files=request.server_files,
        server_files_exclude=request.server_files_exclude,
        remote_files=request.remote_files,
        client_files=list(names),
        sorting_method=request.sorting_method,
        use_zip_chunks=request.use_zip_chunks,
        copy_data=request.copy_data,
        chunk_size=request.chunk_size,
    )


def status(call: Call) -> RqStatus:
    """`GET /tasks/{id}/status`: how far the making of a task is."""
    task = call.workspace.tasks[call.number()]
    creations = call.context.creations
    newest = creations.newest_of(task.id)
    if task.size and (newest is None or newest.status != "started"):
        return RqStatus("Finished", progress=1.0)
    if newest is None or newest.status == "finished":
        return RqStatus("Queued")  # It waits for its data.
    return RqStatus(_STATES[newest.status], message=newest.message, progress=creations.progress_of(newest))


ENDPOINTS = (
    Endpoint(
        "POST",
        "/api/tasks/{id}/data",
        receive,
        "Send the media of a task, or say where they are",
        answers=DataResponse,
        takes=DataRequest,
        query=("folders",),
        status=202,
        streams=True,
    ),
    *tus_endpoints("/api/tasks/{id}/data", _destination, what="a file of a task's media"),
    Endpoint("GET", "/api/tasks/{id}/status", status, "How far the making of a task is", answers=RqStatus),
)

"""What was done to the workspace on this machine: looked at, taken back, and done again."""

from __future__ import annotations

from datetime import UTC, datetime

from cvatcore.errors import NotFound
from cvatcore.protocol import OperationList, OperationRead, UndoRequest, UndoResponse
from cvatcore.store.operations import Operation
from cvatcore.store.undo_order import taken_back, undo_order
from cvatcore.workspace.undo.undoing import Undone
from cvatd.call import Call, Endpoint
from cvatd.refusals import FieldErrors
from cvatd.watcher import events_of

_LISTED = 50
"""Operations of a list that says no number."""

_MOST = 1000
"""The most operations of a list, and those among which a commit is looked for."""


def many(call: Call) -> OperationList:
    """`GET /cvatd/operations?limit=`, newest first."""
    asked = call.query_int("limit")
    limit = _LISTED if asked is None else asked
    if not 1 <= limit <= _MOST:
        raise FieldErrors({"limit": [f"Ensure this value is between 1 and {_MOST}."]})
    workspace = call.workspace
    log = workspace.store.operations.read()
    order = undo_order(log, branch=workspace.store.history.branch(), author=workspace.author)
    undone = taken_back(log)
    return OperationList(
        results=[_read(one, is_undone=one.id in undone) for one in workspace.operations(limit=limit)],
        next_undo=order.done[-1].id if order.done else "",
        next_redo=order.undone[-1].id if order.undone else "",
    )


def undo(call: Call) -> UndoResponse:
    """`POST /cvatd/undo`: what was done since stays; where it met the same field it is told."""
    body = call.decode(UndoRequest)
    if body.revision and body.operation:
        raise FieldErrors(["operation and revision cannot be used together"])
    operation = _done_as(call, body.revision).id if body.revision else body.operation
    return _answer(call, call.workspace.undo(operation=operation))


def redo(call: Call) -> UndoResponse:
    """`POST /cvatd/redo`: the newest undo is taken back."""
    return _answer(call, call.workspace.redo())


def _done_as(call: Call, revision: str) -> Operation:
    """The operation that a commit was made by."""
    operations = call.workspace.store.operations.read(limit=_MOST)
    done = next((one for one in reversed(operations) if one.after == revision), None)
    if done is None:
        raise NotFound(f"Nothing is known here of what was done as {revision[:12]}.", hint="See: cvat undo --list.")
    return done


def _answer(call: Call, undone: Undone) -> UndoResponse:
    for event in events_of(undone.changed):
        call.context.feed.publish(event)
    record = undone.record
    return UndoResponse(
        revision=undone.commit,
        kept=list(undone.kept),
        kind="redo" if record.kind == "redo" else "undo",
        operation=record.id,
        of=record.of,
        subject=undone.subject,
    )


def _read(operation: Operation, *, is_undone: bool) -> OperationRead:
    author = operation.author
    return OperationRead(
        id=operation.id,
        time=datetime.fromtimestamp(operation.time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        kind=operation.kind,
        author=author.name if author else "",
        email=author.email if author else "",
        subject=operation.subject,
        before=operation.before,
        after=operation.after,
        branch=operation.branch,
        of=operation.of,
        automatic=operation.automatic,
        undone=is_undone,
    )


ENDPOINTS = (
    Endpoint(
        "GET",
        "/api/cvatd/operations",
        many,
        "What was done to the workspace on this machine",
        answers=OperationList,
        query=("limit",),
    ),
    Endpoint(
        "POST",
        "/api/cvatd/undo",
        undo,
        "Take an operation back, in a commit",
        answers=UndoResponse,
        takes=UndoRequest,
    ),
    Endpoint("POST", "/api/cvatd/redo", redo, "Take the newest undo back, in a commit", answers=UndoResponse),
)

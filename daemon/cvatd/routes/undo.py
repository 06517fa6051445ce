"""Taking back what was done to the workspace on this machine."""

from __future__ import annotations

from cvatcore.errors import NotFound
from cvatcore.protocol import UndoRequest, UndoResponse
from cvatcore.workspace.undoing import undo as take_back
from cvatd.call import Call, Endpoint
from cvatd.refusals import FieldErrors
from cvatd.watcher import events_of

_LOOKED_AT = 1000
"""Operations, newest first, among which one is looked for."""


def undo(call: Call) -> UndoResponse:
    """`POST /cvatd/undo`: what was done since stays; where it met the same field it is told."""
    body = call.decode(UndoRequest)
    if not body.revision:
        raise FieldErrors({"revision": ["This field may not be blank."]})
    operations = call.workspace.store.operations.read(limit=_LOOKED_AT)
    done = next((one for one in reversed(operations) if one.after == body.revision), None)
    if done is None:
        raise NotFound(
            f"Nothing is known here of what was done as {body.revision[:12]}.", hint="See: cvat undo --list."
        )
    undone = take_back(call.workspace, operation=done.id)
    for event in events_of(undone.changed):
        call.context.feed.publish(event)
    return UndoResponse(revision=undone.commit, kept=list(undone.kept))


ENDPOINTS = (
    Endpoint(
        "POST",
        "/api/cvatd/undo",
        undo,
        "Take back what was done as a commit, in a commit",
        answers=UndoResponse,
        takes=UndoRequest,
    ),
)

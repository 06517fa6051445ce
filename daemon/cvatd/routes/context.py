"""Which context images a frame has; the images themselves are in `routes/data.py`."""

from __future__ import annotations

from cvatcore.errors import NotFound
from cvatcore.protocol import ContextRead
from cvatd.call import Call, Endpoint


def context_names(call: Call) -> ContextRead:
    """`GET /cvatd/tasks/{id}/context/{number}`."""
    task, number = call.workspace.tasks[call.number()], call.number("number")
    if not 0 <= number < task.size:
        raise NotFound(f"Task {task.id} has no frame {number}.")
    return ContextRead(names=list(task.frames.context(number)))


ENDPOINTS = (
    Endpoint(
        "GET",
        "/api/cvatd/tasks/{id}/context/{number}",
        context_names,
        "The context images of a frame, by name",
        answers=ContextRead,
    ),
)

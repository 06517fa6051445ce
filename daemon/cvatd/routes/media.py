"""Which media of a task are on this machine."""

from __future__ import annotations

from cvatcore.protocol import MediaRead, MediaSourceRead
from cvatd.call import Call, Endpoint


def task_media(call: Call) -> MediaRead:
    """`GET /cvatd/tasks/{id}/media`: what is missing, and what brings it."""
    task = call.workspace.tasks[call.number()]
    media = task.media
    return MediaRead(
        task_id=task.id,
        frames=task.size,
        missing=len(media.missing),
        sources=[
            MediaSourceRead(
                kind=source.kind,
                path=source.path,
                place=source.place,
                mapped=source.mapped,
                frames=source.frames,
                missing=source.missing,
                unfetched=source.unfetched,
                first=source.first,
                remedy=source.remedy,
            )
            for source in media.sources
        ],
    )


ENDPOINTS = (
    Endpoint("GET", "/api/cvatd/tasks/{id}/media", task_media, "Which media are on this machine", answers=MediaRead),
)

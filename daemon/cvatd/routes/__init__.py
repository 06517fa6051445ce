"""The operations of the API, one module a resource, each with its table."""

from cvatd.call import Endpoint
from cvatd.routes import (
    annotations,
    clouds,
    conflicts,
    context,
    data,
    data_meta,
    jobs,
    labels,
    live,
    media,
    server,
    sync,
    task_annotations,
    tasks,
    undo,
    users,
    video,
)

ENDPOINTS: tuple[Endpoint, ...] = (
    *server.ENDPOINTS,
    *users.ENDPOINTS,
    *tasks.ENDPOINTS,
    *jobs.ENDPOINTS,
    *labels.ENDPOINTS,
    *data_meta.ENDPOINTS,
    *data.ENDPOINTS,
    *context.ENDPOINTS,
    *media.ENDPOINTS,
    *video.ENDPOINTS,
    *clouds.ENDPOINTS,
    *annotations.ENDPOINTS,
    *task_annotations.ENDPOINTS,
    *conflicts.ENDPOINTS,
    *undo.ENDPOINTS,
    *sync.ENDPOINTS,
    *live.ENDPOINTS,
)
"""Every operation that the daemon answers."""

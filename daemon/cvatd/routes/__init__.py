"""The operations of the API, one module a resource, each with its table."""

from cvatd.call import Endpoint
from cvatd.routes import annotations, data, jobs, labels, live, server, task_annotations, tasks, users

ENDPOINTS: tuple[Endpoint, ...] = (
    *server.ENDPOINTS,
    *users.ENDPOINTS,
    *tasks.ENDPOINTS,
    *jobs.ENDPOINTS,
    *labels.ENDPOINTS,
    *data.ENDPOINTS,
    *annotations.ENDPOINTS,
    *task_annotations.ENDPOINTS,
    *live.ENDPOINTS,
)
"""Every operation that the daemon answers."""

"""Areas of CVAT's API that this version does not serve: all of their operations answer 501 and say so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from cvatd.dispatch import METHODS, error_response
from cvatd.refusals import Refused

AREAS: Mapping[str, str] = {
    "cloudstorages": "Cloud storages",
    "webhooks": "Webhooks",
    "quality": "Quality reports",
    "analytics": "Analytics reports",
    "events": "Event logs",
    "lambda": "Functions for automatic annotation",
    "consensus": "Consensus merges",
}
"""What each folder below `/api` would be."""


def later_routes() -> list[Route]:
    """Routes for these areas, to be tried after those of the operations that there are."""
    return [
        Route(f"/api/{area}{rest}", _answering(what), methods=[*METHODS])
        for area, what in AREAS.items()
        for rest in ("", "/{rest:path}")
    ]


def _answering(what: str) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        return error_response(Refused(501, f"{what} are not served by this version of cvatd."))

    return answer

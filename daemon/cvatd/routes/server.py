"""What the server is: version, health and the description of its API."""

from __future__ import annotations

from starlette.responses import Response

from cvatcore.protocol import About
from cvatd.call import Call, Endpoint
from cvatd.clients import client_of


def about(call: Call) -> About:
    """`GET /server/about`."""
    return About(
        name="Computer Vision Annotation Tool",
        description=f"cvatd over the workspace {call.workspace.settings.name}",
        version=client_of(call.headers).version,
        logo_url="",
        subtitle="",
    )


def health(call: Call) -> Response:
    """`GET /server/health`: whether the workspace can be read."""
    import msgspec

    call.workspace.task_numbers()
    return Response(msgspec.json.encode({"workspace": "working"}), media_type="application/json")


def schema(call: Call) -> Response:
    """`GET /schema`: the OpenAPI document, made from the structs."""
    from cvatd.openapi import openapi_document
    from cvatd.routes import ENDPOINTS

    del call
    return Response(openapi_document(ENDPOINTS), media_type="application/vnd.oai.openapi+json")


ENDPOINTS = (
    Endpoint("GET", "/api/server/about", about, "What this server is", answers=About, public=True),
    Endpoint(
        "GET",
        "/api/server/health",
        health,
        "Whether the server works",
        media_type="application/json",
        public=True,
    ),
    Endpoint(
        "GET",
        "/api/schema",
        schema,
        "This description",
        media_type="application/vnd.oai.openapi+json",
        public=True,
    ),
)

"""What the server is: version, health, formats, and the description of its API."""

from __future__ import annotations

import msgspec
from starlette.responses import Response

from cvatcore.errors import CvatError
from cvatcore.protocol import About, DatasetFormat, DatasetFormats, Plugins
from cvatd.call import Call, Endpoint
from cvatd.clients import client_of
from cvatd.negotiation import chosen_type

YAML_TYPES = ("application/vnd.oai.openapi", "application/yaml")
JSON_TYPES = ("application/vnd.oai.openapi+json", "application/json")
"""What the description of the API is sent as: the first of each is CVAT's word for it."""


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
    """`GET /server/health`: what of the workspace works; 500 where something does not, as CVAT has it."""
    workspace = call.workspace
    found: dict[str, str] = {}
    for name, look in (
        ("Workspace", workspace.task_numbers),
        ("History", workspace.store.history.head),
        ("Cache", lambda: workspace.cache.stats),
    ):
        try:
            look()
            found[name] = "working"
        except CvatError as error:
            found[name] = f"unavailable: {error.message}"
    status = 200 if set(found.values()) == {"working"} else 500
    return Response(msgspec.json.encode(found), status_code=status, media_type="application/json")


def formats(call: Call) -> DatasetFormats:
    """`GET /server/annotation/formats`: those that can be read, and those that can be written."""
    from cvatformats.registry import load_formats

    del call
    known = load_formats()
    return DatasetFormats(
        importers=[
            DatasetFormat(
                name=one.title,
                ext=", ".join(one.import_extensions),
                version=one.version,
                enabled=True,
                dimension=one.dimension,
            )
            for one in known
            if one.can_import
        ],
        exporters=[
            DatasetFormat(name=one.title, ext="ZIP", version=one.version, enabled=True, dimension=one.dimension)
            for one in known
            if one.can_export
        ],
    )


def plugins(call: Call) -> Plugins:
    """`GET /server/plugins`: none of CVAT's optional parts is here."""
    del call
    return Plugins(git_integration=False, analytics=False, models=False, predict=False)


def schema(call: Call) -> Response:
    """`GET /schema?scheme=json|yaml`: the OpenAPI document, made from the structs.

    Without `scheme` the header `Accept` decides, and YAML where it does not. All JSON is YAML: it is the same text.
    """
    types = {"json": JSON_TYPES, "yaml": YAML_TYPES}.get(call.query.get("scheme", ""), (*YAML_TYPES, *JSON_TYPES))
    return Response(_document(), media_type=chosen_type(call.headers, types))


def page(call: Call) -> Response:
    """`GET /docs` and `GET /swagger`: the same for people to read, without a network."""
    from cvatd.api_page import HEADERS, api_page

    del call
    shown = api_page(msgspec.json.decode(_document()))
    return Response(shown, media_type="text/html", headers=HEADERS)


def _document() -> bytes:
    from cvatd.openapi import openapi_document
    from cvatd.routes import ENDPOINTS

    return openapi_document(ENDPOINTS)


ENDPOINTS = (
    Endpoint("GET", "/api/server/about", about, "What this server is", answers=About, public=True),
    Endpoint(
        "GET",
        "/api/server/health",
        health,
        "Whether the server works",
        media_type="application/json",
        query=("format",),
        public=True,
    ),
    Endpoint("GET", "/api/server/annotation/formats", formats, "The dataset formats", answers=DatasetFormats),
    Endpoint("GET", "/api/server/plugins", plugins, "Which of CVAT's optional parts there are", answers=Plugins),
    Endpoint(
        "GET",
        "/api/schema",
        schema,
        "This description",
        media_type=YAML_TYPES[0],
        query=("scheme",),
        public=True,
    ),
    Endpoint("GET", "/api/docs", page, "This description as a page", media_type="text/html", public=True),
    Endpoint("GET", "/api/swagger", page, "The same page, where CVAT has it", media_type="text/html", public=True),
)

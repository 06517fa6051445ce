"""The OpenAPI document of the daemon, made from the endpoint table and the wire structs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from cvatd.call import Endpoint
from cvatd.dispatch import JSON
from cvatd.tus.partials import FILE_ID
from cvatd.version import version

Json = dict[str, Any]


def openapi_document(endpoints: Sequence[Endpoint]) -> bytes:
    """OpenAPI 3.1 as JSON; the same bytes for the same endpoints."""
    kinds = {kind for e in endpoints for kind in (e.answers, e.takes) if kind is not None}
    ordered = sorted(kinds, key=lambda kind: kind.__name__)
    _, components = msgspec.json.schema_components(ordered, ref_template="#/components/schemas/{name}")
    paths: dict[str, Json] = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint)
    document = {
        "openapi": "3.1.0",
        "info": {
            "title": "cvatd",
            "version": version(),
            "description": "CVAT's REST API, and under /api/cvatd what it does not have.",
        },
        "paths": {path: paths[path] for path in sorted(paths)},
        "components": {
            "schemas": {name: components[name] for name in sorted(components)},
            "securitySchemes": _SCHEMES,
        },
        "security": [{name: []} for name in _SCHEMES],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2)


_SCHEMES: dict[str, Json] = {
    "token": {"type": "http", "scheme": "bearer"},
    "key": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "`Token KEY`, with the key of a log-in",
    },
    "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
    "signature": {"type": "apiKey", "in": "query", "name": "sign"},
    "basic": {"type": "http", "scheme": "basic"},
}
"""How a client says who asks: with any one of these."""


def _operation(endpoint: Endpoint) -> Json:
    name = re.sub(r"\W+", "_", endpoint.path.removeprefix("/api/")).strip("_")
    operation: Json = {
        "operationId": f"{endpoint.method.lower()}_{name}",
        "summary": endpoint.summary,
        "parameters": _parameters(endpoint),
        "responses": {**_success(endpoint), "default": {"description": "An error"}},
    }
    if endpoint.takes is not None:
        operation["requestBody"] = {"content": {"application/json": {"schema": _ref(endpoint.takes)}}}
    if endpoint.public:
        operation["security"] = []
    return operation


def _parameters(endpoint: Endpoint) -> list[Json]:
    path = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": _TEXTS.get(name, {"type": "integer"}),
        }
        for name in re.findall(r"\{(\w+)\}", endpoint.path)
    ]
    query = [{"name": name, "in": "query", "schema": {"type": "string"}} for name in dict.fromkeys(endpoint.query)]
    return path + query


_TEXTS: dict[str, Json] = {
    "file_id": {"type": "string", "pattern": f"^{FILE_ID}$"},
    "conflict": {"type": "string", "pattern": "^[0-9a-fA-F]{1,16}$"},
    "uuid": {"type": "string", "format": "uuid"},
    "rq_id": {"type": "string", "pattern": "^[A-Za-z0-9_.=:-]{1,200}$"},
}
"""The parameters of paths that are no numbers."""


def _success(endpoint: Endpoint) -> Json:
    if endpoint.answers is not None:
        schema: Json = _ref(endpoint.answers)
        if endpoint.answers_list:
            schema = {"type": "array", "items": schema}
        content: Json = {JSON: {"schema": schema}}
        return {str(endpoint.status): {"description": endpoint.summary, "content": content}}
    if endpoint.media_type:
        return {"200": {"description": endpoint.summary, "content": {endpoint.media_type: {}}}}
    return {"204": {"description": "Done"}}


def _ref(kind: type[msgspec.Struct]) -> Json:
    return {"$ref": f"#/components/schemas/{kind.__name__}"}

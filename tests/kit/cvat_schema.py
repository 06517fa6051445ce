"""CVAT's OpenAPI document of 2.7.6, where it lies beside the project, and answers compared with it."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2 as httpx
import yaml
from jsonschema import Draft4Validator, FormatChecker

from cvatd.clients import client_of

DOCUMENT = Path(__file__).resolve().parents[3] / "shared" / "reference" / "cvat-schema-2.7.6.yml"

OURS = frozenset({"unreadable", "score"})
"""Fields that answers have besides CVAT 2.7.6's: what of a workspace cannot be read has no other place, and to take
scores out of the few shapes that have one would cost all of them."""

UNDESCRIBED: dict[tuple[str, str, int], str] = {
    ("put", "/api/jobs/{id}/annotations/", 200): "LabeledData",
    ("patch", "/api/jobs/{id}/annotations/", 200): "LabeledData",
    ("put", "/api/tasks/{id}/annotations/", 200): "LabeledData",
    # It has the key too, and whether a mail was sent.
    ("post", "/api/auth/register", 201): "",
    # An upload that begins or goes on, or one part of several.
    ("post", "/api/tasks/{id}/data/", 200): "",
    ("post", "/api/tasks/{id}/data/", 201): "",
    ("post", "/api/tasks/{id}/annotations/", 200): "",
    ("post", "/api/jobs/{id}/annotations/", 200): "",
    ("post", "/api/projects/{id}/dataset/", 200): "",
    ("post", "/api/projects/{id}/dataset/", 201): "",
    ("post", "/api/tasks/backup/", 200): "",
    ("post", "/api/projects/backup/", 200): "",
}
"""Good answers of CVAT that its document forgets, each with the model that it really is, where it has one."""

_LONG = 40
_BODIES = ("application/vnd.cvat+json", "application/json")


def is_here() -> bool:
    """Whether there is something to compare with."""
    return DOCUMENT.is_file()


@functools.cache
def document() -> dict[str, Any]:
    """The document as it is."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loaded: dict[str, Any] = yaml.load(DOCUMENT.read_text(encoding="utf-8"), Loader=loader)
    return loaded


def fields_of(name: str) -> frozenset[str]:
    """The fields that CVAT's model of that name has."""
    return frozenset(document()["components"]["schemas"][name]["properties"])


def check(response: httpx.Response) -> None:
    """Compare an answer of the 2.7.6 profile with the document: a hook of clients.

    Errors: AssertionError with everything that differs.
    """
    request = response.request
    if not is_here() or client_of(request.headers).takes_newer_fields:
        return
    if not response.headers.get("content-type", "").startswith(_BODIES) or request.method == "HEAD":
        return
    response.read()
    body = response.json() if response.content else ""
    found = problems(request.method, request.url.path, response.status_code, body)
    assert found == [], f"{request.method} {request.url}: not as CVAT 2.7.6 answers: {found}"


def problems(method: str, path: str, status: int, body: Any) -> list[str]:
    """How an answer differs from the document; nothing for operations and errors that it does not describe.

    An empty body, which is none, is an empty text.
    """
    template = template_of(path)
    operation = document()["paths"][template].get(method.lower()) if template else None
    if template is None or operation is None:
        return []
    known = {int(code) for code in operation["responses"]}
    if status not in known and (method.lower(), template, status) not in UNDESCRIBED:
        return [f"{status} is not among {sorted(known)}"] if 200 <= status < 300 else []
    validator = _validator(method.lower(), template, status)
    if validator is None or body == "":
        return []
    return [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(_shortened(body))]


def template_of(path: str) -> str | None:
    """The path of the document that a request's path is one of, with or without a slash at the end."""
    return next((template for template, matches in _templates() if matches(path.rstrip("/"))), None)


@functools.cache
def _templates() -> list[tuple[str, Callable[[str], object]]]:
    """Those without parameters first: `/users/self` is no `/users/{id}`."""
    ordered = sorted(document()["paths"], key=lambda template: (template.count("{"), template))
    return [
        (template, re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template.rstrip("/")))).fullmatch)
        for template in ordered
    ]


@functools.cache
def _validator(method: str, template: str, status: int) -> Draft4Validator | None:
    model = UNDESCRIBED.get((method, template, status))
    if model is None:
        contents = document()["paths"][template][method]["responses"][str(status)].get("content", {})
        schema = next((contents[kind]["schema"] for kind in _BODIES if kind in contents), None)
    else:
        schema = {"$ref": f"#/components/schemas/{model}"} if model else None
    if schema is None:
        return None
    return Draft4Validator({**_strict(schema), "components": _components()}, format_checker=_formats())


@functools.cache
def _components() -> dict[str, Any]:
    strict: dict[str, Any] = _strict(document()["components"])
    return strict


def _strict(node: Any) -> Any:
    """OpenAPI 3.0 in the words of JSON Schema; objects have no other fields than those named, as CVAT's tests want."""
    if isinstance(node, list):
        return [_strict(item) for item in node]
    if not isinstance(node, dict):
        return node
    inner = {key: _strict(value) for key, value in node.items()}
    if inner.get("type") == "object" and isinstance(node.get("properties"), dict):
        inner["properties"] = inner["properties"] | {key: {} for key in OURS}
        inner.setdefault("additionalProperties", False)
    if inner.pop("nullable", None) is True:
        return {"anyOf": [inner, {"type": "null"}]}
    return inner


def _shortened(value: Any) -> Any:
    """A value whose long lists have lost their middles: ten thousand shapes are as good as forty."""
    if isinstance(value, dict):
        return {key: _shortened(inner) for key, inner in value.items()}
    if isinstance(value, list):
        kept = value if len(value) <= _LONG else value[: _LONG // 2] + value[-_LONG // 2 :]
        return [_shortened(item) for item in kept]
    return value


@functools.cache
def _formats() -> FormatChecker:
    checker = FormatChecker(formats=())

    @checker.checks("date-time", raises=ValueError)
    def is_time(value: object) -> bool:
        return not isinstance(value, str) or ("T" in value and datetime.fromisoformat(value).tzinfo is not None)

    @checker.checks("uri", raises=ValueError)
    def is_address(value: object) -> bool:
        return not isinstance(value, str) or urlsplit(value).scheme in {"http", "https"}

    return checker

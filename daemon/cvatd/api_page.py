"""The description of the API as one page that needs nothing else: no scripts, no styles and no fonts from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

Json = Mapping[str, Any]

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
"""What the page is sent with."""

_STYLE = """
:root{color-scheme:light dark;--line:#8884;--soft:#8882}
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem}h2{font-size:1.15rem;margin:2rem 0 .5rem}h3{font-size:1rem;margin:1.2rem 0 .2rem}
nav a{margin-right:.8rem;white-space:nowrap}code,summary{font-family:ui-monospace,monospace;font-size:.9em}
details{border-bottom:1px solid var(--line)}summary{padding:.4rem 0;cursor:pointer;overflow-wrap:anywhere}
details>div{padding:0 0 .8rem 1.2rem}summary b{display:inline-block;min-width:4.2rem}
summary span{font-family:system-ui,sans-serif;opacity:.75;margin-left:.6rem}
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.2rem .6rem .2rem 0}
td{border-top:1px solid var(--soft)}p{margin:.3rem 0}
"""

_METHODS = ("get", "post", "put", "patch", "delete")


def api_page(document: Json) -> str:
    """An OpenAPI document as HTML: its operations by area, then the structs that they take and give."""
    areas: dict[str, list[str]] = {}
    for path, operations in document["paths"].items():
        for method in _METHODS:
            if method in operations:
                areas.setdefault(_area(path), []).append(_operation(method, path, operations[method]))
    title = escape(f"{document['info']['title']} {document['info']['version']}: API")
    links = "".join(f'<a href="#{escape(area)}">{escape(area)}</a>' for area in areas)
    parts = [
        '<!doctype html><html lang="en"><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        f"<title>{title}</title><style>{_STYLE}</style><h1>{title}</h1>",
        f"<p>{escape(document['info']['description'])} As a document for programs: ",
        '<a href="/api/schema?scheme=json">JSON</a>, <a href="/api/schema">YAML</a>.</p>',
        f'<nav>{links}<a href="#structs">structs</a></nav>',
    ]
    for area, shown in areas.items():
        parts += [f'<h2 id="{escape(area)}">{escape(area)}</h2>', *shown]
    parts += ['<h2 id="structs">Structs</h2>', *_structs(document["components"]["schemas"])]
    return "".join(parts)


def _area(path: str) -> str:
    names = path.removeprefix("/api/").split("/")
    return "/".join(names[:2]) if names[0] == "cvatd" else names[0]


def _operation(method: str, path: str, operation: Json) -> str:
    inner = [f"<p>{escape(operation['description'])}</p>"] if operation.get("description") else []
    if parameters := operation.get("parameters"):
        rows = "".join(
            f"<tr><td><code>{escape(one['name'])}</code><td>{escape(one['in'])}<td>{_type(one['schema'])}"
            for one in parameters
        )
        inner.append(f"<table>{rows}</table>")
    for content in operation.get("requestBody", {}).get("content", {}).values():
        inner.append(f"<p>Takes {_type(content['schema'])}</p>")
    for status, answer in operation["responses"].items():
        kinds = [
            _type(content["schema"]) if "schema" in content else f"<code>{escape(kind)}</code>"
            for kind, content in answer.get("content", {}).items()
        ]
        inner.append(f"<p>{escape(status)}: {' or '.join(kinds) or escape(answer['description'])}</p>")
    said = f"<b>{method.upper()}</b>{escape(path)}<span>{escape(operation['summary'])}</span>"
    return f"<details><summary>{said}</summary><div>{''.join(inner)}</div></details>"


def _structs(schemas: Json) -> Iterator[str]:
    for name, schema in schemas.items():
        required = frozenset(schema.get("required", ()))
        rows = "".join(
            f"<tr><td><code>{escape(field)}</code>{'' if field in required else '?'}<td>{_type(kind)}"
            for field, kind in schema.get("properties", {}).items()
        )
        about = escape(schema.get("description", ""))
        yield f'<h3 id="{escape(name)}"><code>{escape(name)}</code></h3><p>{about}</p><table>{rows}</table>'


def _type(schema: Json) -> str:
    """A type in a few words, structs as links."""
    if reference := schema.get("$ref"):
        name = escape(str(reference).rpartition("/")[2])
        return f'<a href="#{name}"><code>{name}</code></a>'
    if choices := schema.get("anyOf"):
        return " or ".join(_type(one) for one in choices)
    if "enum" in schema:
        return " or ".join(f"<code>{escape(str(one))}</code>" for one in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}" if "items" in schema else "list"
    limits = [f"{word} {schema[key]}" for key, word in _LIMITS.items() if key in schema]
    return escape(", ".join([str(schema.get("type", "anything")), *limits]))


_LIMITS = {
    "minimum": "at least",
    "maximum": "at most",
    "minLength": "at least characters:",
    "maxLength": "at most characters:",
    "pattern": "as",
}

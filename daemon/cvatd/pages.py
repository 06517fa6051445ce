"""The built web view: its files, and `index.html` for every page of it."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; style-src 'self' 'unsafe-inline'; "
    "worker-src 'self' blob:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
"""What the page may load: nothing from elsewhere."""

_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}

_MISSING = """<!doctype html><meta charset="utf-8"><title>cvatd</title>
<body style="font:16px system-ui;max-width:40em;margin:4em auto">
<h1>The web view is not built</h1><p>The API works. Build the pages with
<code>python scripts/webview.py</code> in the clone, or install a released wheel, which carries them.</p>"""


def _inside(static: Path, name: str) -> Path | None:
    """The file of that name in the folder, links resolved, or None."""
    try:
        path = (static / name).resolve()
        return path if path.is_relative_to(static.resolve()) and path.is_file() else None
    except (OSError, ValueError):
        return None  # No name of a file: too long, or with a NUL.


def page_routes(static: Path) -> list[Route]:
    """Routes of the web view, to be tried after those of the API."""

    # Not a coroutine: Starlette runs it in a thread, where touching the disk is fine.
    def file(request: Request) -> Response:
        name: str = request.path_params["path"]
        path = _inside(static, name)
        if path is not None and name != "index.html":
            # Names under assets/ carry a hash of their content.
            age = "max-age=31536000, immutable" if name.startswith("assets/") else "no-cache"
            return FileResponse(path, headers={**_HEADERS, "Cache-Control": age})
        if name.startswith(("api/", "assets/")) or name == "api":
            return PlainTextResponse("Not found.", status_code=404)
        return index()

    def index() -> Response:
        page = static / "index.html"
        if not page.is_file():
            return HTMLResponse(_MISSING, status_code=503, headers=_HEADERS)
        return HTMLResponse(page.read_text(encoding="utf-8"), headers=_HEADERS)

    return [Route("/{path:path}", file, methods=["GET"])]

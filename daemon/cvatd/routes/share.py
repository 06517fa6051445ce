"""The folder of this machine that media may be taken from."""

from __future__ import annotations

from cvatcore.errors import InvalidInput, NotFound
from cvatcore.media.share import list_share, read_share
from cvatcore.protocol import ShareEntry
from cvatd.call import Call, Endpoint
from cvatd.refusals import FieldErrors

_MIME = {
    "folder": "DIR",
    "picture": "image",
    "video": "video",
    "archive": "archive",
    "document": "pdf",
    "cloud": "point_cloud",
}


def entries(call: Call) -> list[ShareEntry]:
    """`GET /server/share?directory=&search=`: folders first, then files, by name; nothing where nothing is shared."""
    share = read_share(call.workspace.root)
    directory = call.query.get("directory", "") or "/"
    if share is None:
        if directory.strip("/"):
            raise _invalid(directory)
        return []
    try:
        found = list_share(share, directory, search=call.query.get("search", ""))
    except (InvalidInput, NotFound):
        raise _invalid(directory) from None
    return [
        ShareEntry(
            name=item.name, type="DIR" if item.kind == "folder" else "REG", mime_type=_MIME.get(item.kind, "unknown")
        )
        for item in found
    ]


def _invalid(directory: str) -> FieldErrors:
    return FieldErrors(f"{directory[:300]} is an invalid directory")


ENDPOINTS = (
    Endpoint(
        "GET",
        "/api/server/share",
        entries,
        "A folder of the share",
        answers=ShareEntry,
        answers_list=True,
        query=("directory", "search"),
    ),
)

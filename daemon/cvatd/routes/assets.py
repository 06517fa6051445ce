"""The files that guides show."""

from __future__ import annotations

from urllib.parse import quote

import msgspec
from starlette.responses import Response

from cvatcore.errors import NotFound
from cvatcore.media.guide_files import MAX_ASSET_BYTES
from cvatcore.protocol import AssetRead
from cvatcore.schema.guide import AssetType, GuideAsset
from cvatcore.workspace.review.guide_view import GuideView
from cvatd.call import Call, Endpoint, whole_number
from cvatd.issue_reads import no_such
from cvatd.multipart import FormField, Sink, is_multipart, read_form
from cvatd.reads import Reader
from cvatd.refusals import FieldErrors
from cvatd.routes.guides import publish

_TYPES: dict[AssetType, str] = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "gif": "image/gif",
    "pdf": "application/pdf",
}


class _Taken:
    """A file of a form, up to the first byte that is too many."""

    def __init__(self, filename: str) -> None:
        self.filename = filename
        self.data = bytearray()

    def write(self, data: bytes | memoryview) -> None:
        """Take the next piece."""
        if len(self.data) <= MAX_ASSET_BYTES:
            self.data += data

    def close(self) -> None:
        """It is whole."""


def create(call: Call) -> AssetRead:
    """`POST /assets`: `file`, and `guide_id` in the form or in the query."""
    files: list[_Taken] = []

    def opened(field: str, filename: str) -> Sink:
        taken = _Taken(filename)
        if field == "file":
            files.append(taken)
        return taken

    kind = call.headers.get("content-type", "")
    fields = read_form(call.pieces, content_type=kind, open_file=opened) if is_multipart(kind) else []
    if not files:
        raise FieldErrors(["Asset file was not provided"])
    guide = _guide(call, fields)
    asset = guide.add_asset(bytes(files[0].data), filename=files[0].filename)
    publish(call, guide)
    return _read(asset, guide, Reader(call.workspace, call.base))


def one(call: Call) -> Response:
    """`GET /assets/{uuid}`: the file itself."""
    guide = call.workspace.guide_of_asset(call.text("uuid"))
    asset = guide.asset(call.text("uuid"))
    # Pictures are shown in pages; a PDF is another program's to open.
    shown = "attachment" if asset.type == "pdf" else "inline"
    return Response(
        guide.asset_data(asset),
        media_type=_TYPES[asset.type],
        headers={
            "Content-Disposition": f"{shown}; filename*=UTF-8''{quote(asset.filename)}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "ETag": f'"{asset.id}"',
            "Cache-Control": "private, max-age=86400",
        },
    )


def delete(call: Call) -> None:
    """`DELETE /assets/{uuid}`: one commit, which can be reverted."""
    guide = call.workspace.guide_of_asset(call.text("uuid"))
    guide.delete_asset(call.text("uuid"))
    publish(call, guide)


def _guide(call: Call, fields: list[FormField]) -> GuideView:
    given = next((field.value for field in fields if field.name == "guide_id"), "") or call.query.get("guide_id", "")
    if not given:
        raise FieldErrors({"guide_id": ["This field is required."]})
    number = whole_number(given, name="guide_id")
    try:
        return call.workspace.guide(number)
    except NotFound:
        raise no_such("guide_id", number) from None


def _read(asset: GuideAsset, guide: GuideView, reader: Reader) -> AssetRead:
    return AssetRead(
        uuid=asset.id,
        filename=asset.filename,
        created_date=asset.created,
        guide_id=guide.id,
        owner=reader.person(asset.owner) or msgspec.UNSET,
    )


ENDPOINTS = (
    Endpoint(
        "POST",
        "/api/assets",
        create,
        "Put a file beside a guide",
        answers=AssetRead,
        status=201,
        query=("guide_id",),
        streams=True,
    ),
    Endpoint("GET", "/api/assets/{uuid}", one, "A file that a guide shows", media_type="image/png"),
    Endpoint("GET", "/api/assets/{uuid}/public", one, "The same file", media_type="image/png"),
    Endpoint("DELETE", "/api/assets/{uuid}", delete, "Remove a file of a guide"),
)

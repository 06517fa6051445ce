"""Errors as CVAT's HTTP answers: status and body."""

from __future__ import annotations

import re

import msgspec

from cvatcore.errors import (
    Busy,
    Conflict,
    CvatError,
    InvalidDocument,
    InvalidInput,
    InvalidMedia,
    NotFound,
    RemoteFailed,
    StorageFailed,
)

JsonValue = object


class FieldErrors(InvalidInput):
    """A request whose fields are wrong; `body` nests as the request does, with a list of sentences at each place."""

    def __init__(self, body: JsonValue) -> None:
        super().__init__("The request is not valid.")
        self.body = body


class Refused(CvatError):
    """A request that is refused before it is looked at: status and one sentence."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.body: JsonValue = {"detail": detail}
        self.headers: dict[str, str] = {}
        """What the answer has besides."""


class Throttled(Refused):
    """A request that came too soon; `seconds` are to be waited."""

    def __init__(self, seconds: int) -> None:
        super().__init__(
            429, f"Request was throttled. Expected available in {seconds} second{'' if seconds == 1 else 's'}."
        )
        self.seconds = seconds


_STATUS: tuple[tuple[type[CvatError], int], ...] = (
    (NotFound, 404),
    # Not the client's fault, and over once the file or the disk is mended: the client keeps its edit and retries.
    (InvalidDocument, 503),
    (InvalidMedia, 404),
    (InvalidInput, 400),
    (Busy, 503),
    (Conflict, 503),  # Somebody else was faster, a git command say: the same request goes through the next time.
    (StorageFailed, 507),
    (RemoteFailed, 502),
)


def refusal(error: CvatError) -> tuple[int, JsonValue]:
    """The status and the JSON body of an error."""
    if isinstance(error, FieldErrors):
        return 400, error.body
    if isinstance(error, Refused):
        return error.status, error.body
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 503)
    sentence = f"{error.message} {error.hint}".strip()
    if status == 400:
        return 400, [error.message]  # CVAT's own words where it has some: nothing is added.
    return status, {"detail": sentence}


_PLACE = re.compile(r"^(?P<what>.*?)(?: - at `\$(?P<place>.*)`)?$", re.DOTALL)
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]")
_MISSING = re.compile(r"missing required field `(.+?)`")


def field_errors(message: str) -> FieldErrors:
    """A msgspec validation message in CVAT's nested shape: `{"shapes": [{}, {"frame": ["…"]}]}`."""
    match = _PLACE.match(message)
    what, place = (match["what"], match["place"] or "") if match else (message, "")
    steps: list[str | int] = []
    for name, index in _STEP.findall(place):
        steps.append(name or (int(index) if index.isdecimal() else 0))
    if missing := _MISSING.search(what):
        steps.append(missing[1])
        what = "This field is required."
    elif "Invalid enum value" in what:
        what = re.sub(r"Invalid enum value (.*)", r"\1 is not a valid choice.", what).replace("'", '"')
    else:
        what += "."
    if not steps:
        return FieldErrors({"non_field_errors": [what]})
    body: JsonValue = [what]
    for step in reversed(steps):
        # Good items before the bad one are empty objects, as in CVAT.
        body = {step: body} if isinstance(step, str) else [*({} for _ in range(min(step, 10_000))), body]
    return FieldErrors(body)


def encode_body(body: JsonValue) -> bytes:
    """An error body as JSON."""
    return msgspec.json.encode(body)

"""One request as the route functions see it, and the table entry that announces a route."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

import msgspec
from starlette.responses import Response

from cvatcore.errors import InvalidInput
from cvatcore.media.chunks import Chunks
from cvatcore.schema import Member
from cvatd.asker import Asker
from cvatd.field_checks import find_errors
from cvatd.refusals import FieldErrors, Refused, field_errors

if TYPE_CHECKING:
    from cvatcore.workspace import Workspace
    from cvatd.authentication import Authentication
    from cvatd.autosync import AutoSync
    from cvatd.creations import Creations
    from cvatd.feed import Feed
    from cvatd.folder_follower import FolderFollower
    from cvatd.known_tasks import KnownTasks
    from cvatd.uploads import Uploads

Body = TypeVar("Body", bound=msgspec.Struct)

_NUMBER = re.compile(r"-?[0-9]{1,18}")


class Context(msgspec.Struct, frozen=True):
    """What all requests share."""

    workspace: Workspace
    feed: Feed
    sync: AutoSync
    folders: FolderFollower
    chunks: Chunks
    uploads: Uploads
    creations: Creations
    tasks: KnownTasks
    people: Authentication
    allow_registration: bool
    instance: str
    """Changes with every start of the daemon."""
    csrf: str
    clone: str
    """Names this clone of the workspace to browsers, which keep unsaved edits under that name."""
    static: Path
    """The folder of the built web view."""


class Call(msgspec.Struct, frozen=True):
    """One request, its body read."""

    context: Context
    path: Mapping[str, int | str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    base: str
    """`http://host:port`, as the client names this daemon."""
    url: str
    asker: Asker
    pieces: Iterator[bytes] = iter(())
    """The body as it comes in, where the endpoint streams; then `body` is empty."""

    @property
    def workspace(self) -> Workspace:
        """The workspace that the daemon serves."""
        return self.context.workspace

    @property
    def person(self) -> Member:
        """Who asks; a session, a token or a password said so.

        Errors: Refused with 401 for nobody, whom only public operations answer.
        """
        if self.asker.way == "nobody":
            raise Refused(401, "Authentication credentials were not provided.")
        return self.asker.person or self.workspace.me

    def number(self, name: str = "id") -> int:
        """A number of the path."""
        return int(self.path[name])

    def text(self, name: str) -> str:
        """A word of the path."""
        return str(self.path[name])

    def query_int(self, name: str) -> int | None:
        """A number of the query, or None where it is absent.

        Errors: FieldErrors for anything else.
        """
        text = self.query.get(name)
        return whole_number(text, name=name) if text else None

    def decode(self, kind: type[Body]) -> Body:
        """The body as a struct; an empty one counts as `{}`.

        Errors: FieldErrors in CVAT's shape, with all that is wrong.
        """
        return decode_body(self.body, kind)


def decode_body(body: bytes, kind: type[Body]) -> Body:
    """A JSON body as a struct; an empty one counts as `{}`.

    Errors: FieldErrors in CVAT's shape, with all that is wrong; InvalidInput for what is no JSON.
    """
    try:
        return msgspec.json.decode(body or b"{}", type=kind)
    except msgspec.ValidationError as error:
        raise _all_field_errors(body, kind, error) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInput(f"JSON parse error - {error}") from None


def _all_field_errors(body: bytes, kind: type[msgspec.Struct], error: msgspec.ValidationError) -> FieldErrors:
    try:
        found = find_errors(msgspec.json.decode(body or b"{}"), kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        found = None  # A number that is out of range, say: the decoder's own words have to do.
    return FieldErrors(found) if found else field_errors(str(error))


def whole_number(text: str, *, name: str) -> int:
    """A number of a request; one of more digits than any id or frame has is none.

    Errors: FieldErrors that names the field.
    """
    if not _NUMBER.fullmatch(text):
        raise FieldErrors({name: ["Enter a number."]})
    return int(text)


Answer = msgspec.Struct | Sequence[msgspec.Struct] | Response | None
"""A struct, or a list of them, is sent as JSON, None as 204."""

Handler = Callable[[Call], Answer]

Lane = Literal["quick", "media", "chunks"]
"""Which others a request waits for: of each lane only so many are answered at once. Media may take long to decode; who
edits must find a thread all the same."""


def quick(_: Mapping[str, str]) -> Lane:
    """The lane of what takes no time to speak of."""
    return "quick"


class Endpoint(msgspec.Struct, frozen=True):
    """One operation of the API: what routes requests and describes them in the OpenAPI document."""

    method: str
    path: str
    """As in OpenAPI: `/api/tasks/{id}`; parameters are numbers, but `{conflict}` and `{rq_id}` are ids in letters."""
    handler: Handler
    summary: str
    answers: type[msgspec.Struct] | None = None
    """The struct of a good answer; None for a 204 or a file."""
    answers_list: bool = False
    """Whether the answer is a plain list of such structs."""
    status: int = 200
    """Of a good answer with a struct."""
    media_type: str = ""
    """What a file is sent as."""
    takes: type[msgspec.Struct] | None = None
    public: bool = False
    """Whether it answers without credentials."""
    query: tuple[str, ...] = ()
    lane: Callable[[Mapping[str, str]], Lane] = quick
    """By the query."""
    streams: bool = False
    """Whether the handler takes the body piece by piece: it may be larger than memory. A writer that streams holds up
    no others; it has to do with less than a commit."""

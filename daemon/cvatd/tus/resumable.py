"""Uploads that are gone on with after they broke off, whatever broke: the client, the connection or the daemon."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

import msgspec

from cvatcore.errors import InvalidInput
from cvatcore.store.files import storage_failed
from cvatd.refusals import Refused
from cvatd.tus.partials import Partial, Turn, create_partial, part_length, part_path
from cvatd.tus.wire import TusRefused
from cvatd.upload_names import upload_name
from cvatd.upload_state import Area, UploadState
from cvatd.uploads import Uploads, closed


def name_below(given: str) -> str:
    """The name of a file as it was given, which may have folders.

    Errors: TusRefused with 400.
    """
    try:
        return upload_name(given, keep_folders=True)
    except InvalidInput as error:
        raise TusRefused(400, error.message.replace(repr(given[:300]), given[:300])) from None


class Destination(msgspec.Struct, frozen=True):
    """Where the files of some uploads go, and what is asked of them."""

    area: Area
    name: Callable[[str], str] = name_below
    """Makes the name of a file of what the client calls it."""
    replaces: bool = False
    """Whether a file of the same name that came before is left over, and removed; else it is in the way."""


class Sent(msgspec.Struct, frozen=True):
    """A file and how far it is."""

    id: str
    name: str
    """Under which it is found when it is whole."""
    length: int
    offset: int


def create(uploads: Uploads, destination: Destination, *, given: str, length: int) -> Sent:
    """Announce a file of so many bytes. One of none is whole at once.

    Errors: TusRefused with 400 for a name that cannot be, 409 for one that is there, 413 for what is too large;
    StorageFailed.
    """
    limits, area = uploads.limits, destination.area
    if length > limits.file_bytes:
        raise TusRefused(413, f"A file of {length} bytes is larger than what is taken: {limits.file_bytes} bytes.")
    name = destination.name(given)
    with uploads.held(area) as state:
        if state.is_closed:
            raise _plainly(closed())
        if name in state.kept and destination.replaces:
            uploads.forget(area, state, name)
        if name in state.kept:
            raise TusRefused(409, "File with same name already exists")
        if uploads.is_blocked(area, name):
            raise TusRefused(409, f"{name} is the name of a file and of a folder")
        if state.total + sum(one.length for one in state.open.values()) + length > limits.task_bytes:
            raise TusRefused(413, f"Uploads of one task may have {limits.task_bytes} bytes.")
        if len(state.open) >= limits.open_parts or len(state.kept) >= limits.task_files:
            raise TusRefused(413, f"Uploads of one task may have {limits.task_files} files, and few of them in part.")
        folder = uploads.parts(area)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise storage_failed(error, folder) from None
        uploads.check_disk(folder, length)
        partial = create_partial(folder, name=name, length=length)
        state.open[partial.id] = partial
        if not length:
            partial = uploads.keep_part(area, state, partial)
    return Sent(partial.id, partial.name, length, offset=0)


def look(uploads: Uploads, destination: Destination, number: str) -> Sent:
    """How far a file is.

    Errors: TusRefused with 404 for an id that nothing has; as `append` where a whole file could not get its place.
    """
    area = destination.area
    with uploads.held(area) as state:
        partial, offset = _found(uploads, area, state, number)
        if offset == partial.length and number in state.open:
            partial = uploads.keep_part(area, state, partial)
        return Sent(number, partial.name, partial.length, offset)


def append(uploads: Uploads, destination: Destination, number: str, *, offset: int, pieces: Iterable[bytes]) -> Sent:
    """Take the next bytes of a file; with the last ones it gets its place and its name.

    Whoever comes with the right offset has the turn, also if somebody else still had it.
    Errors: TusRefused with 404 for an id that nothing has, 409 for another offset and for who lost the turn, 413 for
    more bytes than were announced; InvalidInput, StorageFailed. What came before is kept.
    """
    area, me = destination.area, object()
    with uploads.held(area) as state:
        partial, _ = _found(uploads, area, state, number)
        turn = state.turns.setdefault(number, Turn()) if number in state.open else None
    if turn is None:
        return _again(partial, offset, pieces)
    path = part_path(uploads.parts(area), number)
    _take_turn(turn, me, path, offset)
    try:
        at = _write(path, state, turn, me, offset=offset, length=partial.length, pieces=pieces)
        if at < partial.length:
            return Sent(number, partial.name, partial.length, at)
        with turn.lock:
            _check_turn(state, turn, me)
            with uploads.held(area) as now:
                if now is not state:
                    raise _lost()
                whole = uploads.keep_part(area, state, partial)
            return Sent(number, whole.name, whole.length, whole.length)
    finally:
        with turn.lock:
            if turn.holder is me:
                turn.holder = None


def _found(uploads: Uploads, area: Area, state: UploadState, number: str) -> tuple[Partial, int]:
    if whole := state.whole.get(number):
        return whole, whole.length
    partial = state.open.get(number)
    came = part_length(uploads.parts(area), number)
    if partial is None or came is None:
        raise TusRefused(404, "There is no such upload.")
    return partial, came


def _again(partial: Partial, offset: int, pieces: Iterable[bytes]) -> Sent:
    """What is told to who did not hear that the file is whole."""
    if offset != partial.length or any(pieces):
        raise TusRefused(409, "The file is whole already.", offset=partial.length)
    return Sent(partial.id, partial.name, partial.length, partial.length)


def _take_turn(turn: Turn, me: object, path: Path, offset: int) -> None:
    with turn.lock:
        try:
            came = path.stat().st_size
        except FileNotFoundError:  # Somebody else was faster to the end.
            raise _lost() from None
        except OSError as error:
            raise storage_failed(error, path) from None
        if came != offset:
            raise TusRefused(409, f"The offset is {came}, not {offset}.", offset=came)
        turn.holder = me


def _write(
    path: Path,
    state: UploadState,
    turn: Turn,
    me: object,
    *,
    offset: int,
    length: int,
    pieces: Iterable[bytes],
) -> int:
    """Write what comes behind what is there; returns the offset then."""
    at = offset
    try:
        with path.open("r+b", buffering=0) as file:
            file.seek(at)
            for piece in pieces:
                with turn.lock:
                    _check_turn(state, turn, me)
                    if at + len(piece) > length:
                        raise TusRefused(413, f"More comes than the {length} bytes that were announced.", offset=at)
                    _write_whole(file, piece)
                    at += len(piece)
    except FileNotFoundError:
        raise _lost() from None
    except OSError as error:
        raise storage_failed(error, path) from None
    return at


def _write_whole(file: BinaryIO, piece: bytes) -> None:
    left = memoryview(piece)
    while left:
        left = left[file.write(left) :]


def _check_turn(state: UploadState, turn: Turn, me: object) -> None:
    if state.is_dropped or turn.holder is not me:
        raise _lost()


def _lost() -> TusRefused:
    return TusRefused(409, "Somebody else goes on with this upload, or began it anew.")


def _plainly(refused: Refused) -> TusRefused:
    return TusRefused(refused.status, refused.message)

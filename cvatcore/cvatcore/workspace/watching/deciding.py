"""Which files of a folder are complete: a decision over what was seen, and when. Nothing here looks at a disk."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec

from cvatcore.workspace.watching.listing import FileStamp

_LEAST_BATCH, _LARGEST_BATCH = 5_000, 50_000


class Seen(msgspec.Struct, frozen=True):
    """A file that is no frame yet."""

    stamp: FileStamp
    since: float
    """When it was first seen so, in seconds of the clock that never goes back."""
    is_closed: bool = False
    """Whether the system said that its writer closed it, or moved it to its name, and nothing changed since."""
    is_odd: bool = False
    """Whether it was closed and yet could not be read as a whole: then only time tells."""


class Refused(msgspec.Struct, frozen=True):
    """A file that cannot become a frame as it is; looked at again when it changes."""

    stamp: FileStamp
    reason: str
    is_held: bool = False
    """Whether it was a frame and somebody took that back."""


class Sorted(msgspec.Struct, frozen=True):
    """The files of a folder that are no frames, sorted out."""

    ready: tuple[str, ...]
    """They are complete as far as can be told without reading them; sorted."""
    quiet: frozenset[str]
    """Those of them that did not change for the whole time: if such a file is broken it stays so."""
    waiting: dict[str, Seen]
    """They have to go on unchanged for a while; the ready ones too, until they are taken."""
    refused: dict[str, Refused]
    """Those refused that are still as they were."""
    due: float | None
    """In how many seconds the next one may be ready; None when none waits."""


def sort_out(
    files: Mapping[str, FileStamp],
    *,
    known: Collection[str],
    before: Mapping[str, Seen],
    refused: Mapping[str, Refused],
    closed: Collection[str],
    now: float,
    today_ns: int,
    stable: float,
) -> Sorted:
    """Tell which files are complete.

    A file is when its length and time of change have been the same for `stable` seconds: since it was first seen so, or
    by its own time of change, whatever is longer ago. One of which the system said that its writer closed it, or moved
    it to its name, is at once.

    Args:
        files: what lies in the folder.
        known: names of files that are frames already.
        before: what waited after the last look.
        refused: what could not be taken.
        closed: what the system said of since the last look.
        now: in seconds, of the clock that never goes back.
        today_ns: nanoseconds since 1970, to be compared with the files' times.
        stable: in seconds.
    """
    ready: list[str] = []
    quiet: list[str] = []
    waiting: dict[str, Seen] = {}
    still_refused: dict[str, Refused] = {}
    due: float | None = None
    for name, stamp in files.items():
        if name in known:
            continue
        # What could not be read may have been let be read: that changes no other time.
        if (no := refused.get(name)) and (no.stamp == stamp or (no.is_held and _is_same(no.stamp, stamp))):
            still_refused[name] = no
            continue
        seen = before.get(name)
        if seen is None or not _is_same(seen.stamp, stamp):
            seen = Seen(stamp=stamp, since=now, is_closed=name in closed)
        elif name in closed and not seen.is_closed:
            seen = msgspec.structs.replace(seen, is_closed=True)
        waiting[name] = seen
        age = max(now - seen.since, (today_ns - stamp.modified_ns) / 1e9)
        if age >= stable:
            ready.append(name)
            quiet.append(name)
        elif seen.is_closed and not seen.is_odd:
            ready.append(name)
        else:
            due = min(due, stable - age) if due is not None else stable - age
    return Sorted(ready=tuple(sorted(ready)), quiet=frozenset(quiet), waiting=waiting, refused=still_refused, due=due)


def batch_size(frames: int) -> int:
    """How many files one commit takes at most, for a task that has so many frames.

    A commit writes the whole list of frames: batches grow with it, so that all together cost what their files do. They
    do not grow for ever, so that memory does not either.
    """
    return min(max(_LEAST_BATCH, frames), _LARGEST_BATCH)


def _is_same(one: FileStamp, other: FileStamp) -> bool:
    """Whether a file's contents are as they were; a new name of it is no change."""
    return one.size == other.size and one.modified_ns == other.modified_ns

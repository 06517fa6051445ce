"""Which files hold the annotations of a job."""

from __future__ import annotations

import msgspec

from cvatcore.store.files import MISSING, Stamp
from cvatcore.store.layout import FANOUT_FRAMES, annotations_dir, place_of
from cvatcore.store.reading import Files, Listing


class ShardFiles(msgspec.Struct, frozen=True):
    """The files of a job, each with what tells one state of it from another."""

    shards: dict[int, Stamp] = {}
    """By first frame."""
    heads: Stamp = MISSING
    """Of `tracks.jsonl`."""
    folders: dict[str, Stamp] = {}
    """By path, the folders that they lie in. Replacing a file moves the stamp of its folder."""


def list_shards(files: Files, *, task: int, job: int) -> ShardFiles:
    """The files of a job.

    Errors: StorageFailed.
    """
    folder = annotations_dir(task, job)
    # Taken before the look: what changes during it is looked at again the next time.
    folders = {folder: files.stamp(folder)}
    listing = files.listing(folder)
    shards = _shards(listing, folder)
    for name in listing.folders:
        if name.isdecimal() and int(name) % FANOUT_FRAMES == 0:
            inner = f"{folder}/{name}"
            folders[inner] = files.stamp(inner)
            shards |= _shards(files.listing(inner), inner)
    return ShardFiles(shards=shards, heads=listing.files.get("tracks.jsonl", MISSING), folders=folders)


def shard_folders(*, task: int, job: int, start: int, stop: int) -> list[str]:
    """The folders that the shards of a job with these frames (both ends included) may lie in."""
    folder = annotations_dir(task, job)
    blocks = range(max(start - start % FANOUT_FRAMES, FANOUT_FRAMES), stop + 1, FANOUT_FRAMES)
    return [folder, *(f"{folder}/{block}" for block in blocks)]


def _shards(listing: Listing, folder: str) -> dict[int, Stamp]:
    found = ((place_of(f"{folder}/{name}"), now) for name, now in listing.files.items())
    return {place.first: now for place, now in found if place is not None and place.kind == "shard"}

"""The workspace on disk: canonical text, atomic saves, ids, one writer.

Modules are loaded when a name of theirs is first used: git's merge driver, which starts for each file, needs few.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cvatcore.store.annotations import JobAnnotations, Plan
    from cvatcore.store.history import Amend, Author, History, Prepared, Trailers, open_history
    from cvatcore.store.layout import SHARD_FRAMES, Place, place_of
    from cvatcore.store.lock import WriteLock
    from cvatcore.store.merge_files import FileMerge, merge_file
    from cvatcore.store.merge_job import JobMerge, merge_job_files
    from cvatcore.store.message import (
        annotation_key,
        annotation_message,
        edit_message,
        import_message,
        parse_trailers,
        plain_message,
    )
    from cvatcore.store.shards import (
        Shard,
        decode_shard,
        decode_tracks,
        encode_shard,
        encode_tracks,
    )
    from cvatcore.store.store import Store
    from cvatcore.store.text import decode_json, decode_toml, encode_json, encode_toml

__all__ = [
    "SHARD_FRAMES",
    "Amend",
    "Author",
    "FileMerge",
    "History",
    "JobAnnotations",
    "JobMerge",
    "Place",
    "Plan",
    "Prepared",
    "Shard",
    "Store",
    "Trailers",
    "WriteLock",
    "annotation_key",
    "annotation_message",
    "decode_json",
    "decode_shard",
    "decode_toml",
    "decode_tracks",
    "edit_message",
    "encode_json",
    "encode_shard",
    "encode_toml",
    "encode_tracks",
    "import_message",
    "merge_file",
    "merge_job_files",
    "open_history",
    "parse_trailers",
    "place_of",
    "plain_message",
]

_HOMES = {
    "SHARD_FRAMES": "layout",
    "Amend": "history",
    "Author": "history",
    "FileMerge": "merge_files",
    "History": "history",
    "JobAnnotations": "annotations",
    "JobMerge": "merge_job",
    "Place": "layout",
    "Plan": "annotations",
    "Prepared": "history",
    "Shard": "shards",
    "Store": "store",
    "Trailers": "history",
    "WriteLock": "lock",
    "annotation_key": "message",
    "annotation_message": "message",
    "decode_json": "text",
    "decode_shard": "shards",
    "decode_toml": "text",
    "decode_tracks": "shards",
    "edit_message": "message",
    "encode_json": "text",
    "encode_shard": "shards",
    "encode_toml": "text",
    "encode_tracks": "shards",
    "import_message": "message",
    "merge_file": "merge_files",
    "merge_job_files": "merge_job",
    "open_history": "history",
    "parse_trailers": "message",
    "place_of": "layout",
    "plain_message": "message",
}


def __getattr__(name: str) -> object:
    """Load a public name when it is first used."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'cvatcore.store' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"cvatcore.store.{home}"), name)

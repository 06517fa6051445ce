"""The workspace on disk: canonical text, atomic saves, ids, one writer."""

from cvatcore.store.annotations import JobAnnotations, Plan
from cvatcore.store.history import Amend, Author, History, Prepared, Trailers, open_history
from cvatcore.store.layout import SHARD_FRAMES, Place, place_of
from cvatcore.store.lock import WriteLock
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
    "History",
    "JobAnnotations",
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
    "open_history",
    "parse_trailers",
    "place_of",
    "plain_message",
]

"""Stored lines as people read them: what `git diff` shows of annotations.

One line in, one line out, so that a diff of the outcome is a diff of the file. Imports nothing but `json`: git starts a
process for each side of each file.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator

_SHOWN_POINTS = 24
"""Numbers written out; of longer lists the beginning, their count, and a checksum that changes with any of them."""

_FLAGS = ("occluded", "outside", "deleted")


def readable(data: bytes) -> bytes:
    """The lines of a shard, of `tracks.jsonl` or of a manifest, each in words; other lines as they are."""
    return b"".join(line + b"\n" for line in _lines(data))


def _lines(data: bytes) -> Iterator[bytes]:
    for line in data.splitlines():
        words = None
        if line.startswith(b"{") and line.endswith(b"}"):
            try:
                words = _words(json.loads(line))
            except (ValueError, TypeError, RecursionError):
                words = None  # A broken line is shown as it stands: that is what the diff is about.
        yield line if words is None else words.encode("utf-8", "surrogatepass")


def _words(item: dict[str, object]) -> str | None:
    if "track" in item and "frame" in item:
        return _joined(f"frame {item['frame']}  track {item['track']}", item, {"frame", "track"})
    if "id" in item and "type" in item and "frame" in item:
        return _joined(f"frame {item['frame']}  #{item['id']}", item, {"frame", "id"})
    if "id" in item and "label" in item:
        return _joined(f"track {item['id']}  from frame {item.get('frame', 0)}", item, {"frame", "id"})
    if "name" in item and ("width" in item or "pts" in item or "checksum" in item):
        name = f"{item['name']}{item.get('extension', '')}"
        size = f"  {item['width']}x{item.get('height', '?')}" if "width" in item else ""
        return _joined(f"{name}{size}", item, {"name", "extension", "width", "height"})
    return None


def _joined(start: str, item: dict[str, object], said: set[str]) -> str:
    """The object's kind and label, its points, then every other field that it has."""
    parts = [start, *(str(item[name]) for name in ("type", "label") if name in item)]
    points = item.get("points")
    if isinstance(points, list):
        parts.append(_numbers(points))
    said = said | {"type", "label", "points"}
    for name, value in item.items():
        if name in said:
            continue
        if name in _FLAGS and value is True:
            parts.append(name)
        elif name == "attributes" and isinstance(value, dict):
            parts += [f"{key}={_plain(of)}" for key, of in value.items()]
        elif name == "elements" and isinstance(value, list):
            parts += [f"[{_element(one)}]" for one in value]
        else:
            parts.append(f"{name}={_plain(value)}")
    return "  ".join(parts)


def _element(item: object) -> str:
    if not isinstance(item, dict):
        return _plain(item)
    return _joined(f"#{item.get('id', '?')}", item, {"id"})


def _numbers(points: list[object]) -> str:
    text = ",".join(map(_plain, points))
    if len(points) <= _SHOWN_POINTS:
        return text
    begin = ",".join(map(_plain, points[: _SHOWN_POINTS // 2]))
    return f"{begin},… ({len(points)} numbers, {zlib.crc32(text.encode()):08x})"


def _plain(value: object) -> str:
    """A value as JSON has it, a plain word without its quotes."""
    if isinstance(value, str) and value.isalnum():
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return json.dumps(value, ensure_ascii=False)

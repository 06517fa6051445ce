"""What differs between two states of a document (task, project, job, issue, settings, members, frames), also in words.

Collections go by identity: labels, attributes and comments by id, members by username, frames by source and path. So a
label that was renamed is the same label with another name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from cvatcore.schema import Attribute, Comment, ImageFrame, Label, Manifest, MediaSource, Member

_LONGEST = 80
"""Characters of a value in words; what is longer is cut."""


class DocumentChange(msgspec.Struct, frozen=True):
    """One field of a document, before and after; None where there is no such value."""

    field: str
    """Dots lead inwards: `labels.3.color`; items of lists go by their identity."""
    before: object
    after: object
    words: str
    """The same for people: `label car: color: #ff0000 -> #00ff00`."""


_Identity = Callable[[Any], str]

_IDENTITIES: Mapping[type, tuple[str, _Identity, _Identity]] = {
    Label: ("label", lambda label: str(label.id), lambda label: label.name),
    Attribute: ("attribute", lambda attribute: str(attribute.id), lambda attribute: attribute.name),
    Comment: ("comment", lambda comment: str(comment.id), lambda comment: _value(comment.message)),
    Member: ("member", lambda member: member.username, lambda member: member.username),
    MediaSource: ("source", lambda source: source.path, lambda source: source.path),
}
"""Of items of lists: what they are called, what they go by, and the name that people know them by."""

_SETS = frozenset({"deleted_frames", "frames"})
_PEOPLE = frozenset({"owner", "assignee"})


def diff_documents(before: msgspec.Struct | None, after: msgspec.Struct | None) -> tuple[DocumentChange, ...]:
    """The fields in which two states of a document differ; none where one of the two is missing.

    Two manifests are compared frame by frame.
    """
    if before is None or after is None:
        return ()
    if isinstance(before, Manifest) and isinstance(after, Manifest):
        return tuple(_manifest(before, after))
    return tuple(_fields(before, after, "", ""))


def _fields(before: msgspec.Struct, after: msgspec.Struct, at: str, said: str) -> Iterator[DocumentChange]:
    for name in after.__struct_fields__:
        was, now = getattr(before, name), getattr(after, name)
        if was == now:
            continue
        field, title = at + name, name.replace("_", " ")
        if isinstance(was, msgspec.Struct) and isinstance(now, msgspec.Struct):
            yield from _fields(was, now, f"{field}.", f"{said}{title}: ")
        elif isinstance(was, tuple) and isinstance(now, tuple):
            yield from _tuples(was, now, field, said, title)
        else:
            yield DocumentChange(field, was, now, said + _scalar(name, title, was, now))


def _scalar(name: str, title: str, was: object, now: object) -> str:
    if name == "resolved":
        return "resolved" if now else "opened again"
    nothing = "nobody" if name in _PEOPLE else "none"
    return f"{title}: {_value(was, nothing)} -> {_value(now, nothing)}"


def _tuples(
    was: tuple[object, ...], now: tuple[object, ...], field: str, said: str, title: str
) -> Iterator[DocumentChange]:
    kinds = {type(item) for item in (*was, *now)}
    kind = kinds.pop() if len(kinds) == 1 else object
    if kind in _IDENTITIES:
        yield from _items(was, now, field, said, title, *_IDENTITIES[kind])
    elif field.rpartition(".")[2] in _SETS:
        gone, come = [item for item in was if item not in set(now)], [item for item in now if item not in set(was)]
        parts = [f"{title}: {_value(come)}" if come else "", f"no longer {title}: {_value(gone)}" if gone else ""]
        yield DocumentChange(field, was, now, said + ("; ".join(filter(None, parts)) or f"{title}: in another order"))
    else:
        yield DocumentChange(field, was, now, f"{said}{title}: {_value(was)} -> {_value(now)}")


def _items(
    was: tuple[Any, ...],
    now: tuple[Any, ...],
    field: str,
    said: str,
    title: str,
    word: str,
    identity: _Identity,
    name: _Identity,
) -> Iterator[DocumentChange]:
    old, new = ({identity(item): item for item in side} for side in (was, now))
    if len(old) < len(was) or len(new) < len(now):
        yield DocumentChange(field, was, now, f"{said}{title}: changed")  # Twice the same, which only a hand writes.
        return
    for key in {**old, **new}:
        one, other = old.get(key), new.get(key)
        place = f"{field}.{key}"
        if one is None or other is None:
            status = "added" if one is None else "removed"
            yield DocumentChange(place, one, other, f"{said}{word} {name(other if one is None else one)} {status}")
        elif one != other:
            yield from _fields(one, other, f"{place}.", f"{said}{word} {name(one)}: ")
    kept_was, kept_now = [key for key in old if key in new], [key for key in new if key in old]
    if kept_was != kept_now:
        yield DocumentChange(field, list(old), list(new), f"{said}{title}: in another order")


def _manifest(before: Manifest, after: Manifest) -> Iterator[DocumentChange]:
    if before.video is not None or after.video is not None:
        if before.video is None or after.video is None:
            yield DocumentChange(
                "kind", before.kind, after.kind, f"frames: {before.kind} -> {after.kind}, {before.size} -> {after.size}"
            )
        else:
            yield from _fields(before.video, after.video, "video.", "video: ")
        return
    old, new = ({(image.source, image.path): image for image in side.images} for side in (before, after))
    come, gone = _paths(new, old), _paths(old, new)
    if come:
        yield DocumentChange("images.added", None, come, f"{_frames(len(come))} added: {_value(come)}")
    if gone:
        yield DocumentChange("images.removed", gone, None, f"{_frames(len(gone))} removed: {_value(gone)}")
    fields: dict[str, list[str]] = {}
    for key, image in new.items():
        if (one := old.get(key)) is not None and one != image:
            for name in ("width", "height", "bytes", "checksum", "meta"):
                if getattr(one, name) != getattr(image, name):
                    fields.setdefault(name, []).append(image.path)
    for name, paths in fields.items():
        yield DocumentChange(f"images.{name}", None, paths, f"{name} of {_frames(len(paths))} changed: {_value(paths)}")
    if [key for key in old if key in new] != [key for key in new if key in old]:
        yield DocumentChange("images", None, None, "frames: in another order")


def _paths(images: Mapping[tuple[int, str], ImageFrame], others: Mapping[tuple[int, str], ImageFrame]) -> list[str]:
    return [image.path for key, image in images.items() if key not in others]


def _frames(count: int) -> str:
    return f"{count} frame{'s' * (count != 1)}"


def _value(value: object, nothing: str = "none") -> str:
    """A value in words, cut where it is long."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or value == "" or value == () or value == {}:
        return nothing
    if isinstance(value, (tuple, list)):
        return _listed(value)
    if isinstance(value, msgspec.Struct):
        return ", ".join(
            f"{name.replace('_', ' ')} {one}" for name, one in msgspec.structs.asdict(value).items() if one
        )
    text = " ".join((f"{value:g}" if isinstance(value, float) else str(value)).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _listed(values: Sequence[object]) -> str:
    text = ""
    for number, value in enumerate(values):
        more = f", {_value(value)}" if text else _value(value)
        if text and len(text) + len(more) > _LONGEST:
            return f"{text} and {len(values) - number} more"
        text += more
    return text

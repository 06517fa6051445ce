"""Which formats there are. Listing their names imports none of them; using one imports that one.

Built-in formats are a table of strings. Others come from installed packages with an entry point in the group
`cvat.formats` whose value is a `Format`. Only looking for the format of an unknown file, and listing what all of them
can do, loads them all.
"""

from __future__ import annotations

import importlib.metadata
import logging
import pkgutil
from collections.abc import Mapping

from cvatcore.errors import InvalidInput, NotFound
from cvatformats.format import Format
from cvatformats.source import Source

GROUP = "cvat.formats"

TABLE: Mapping[str, str] = {
    "coco": "cvatformats.coco:FORMAT",
    "cvat-images": "cvatformats.cvat_images:FORMAT",
    "cvat-video": "cvatformats.cvat_video:FORMAT",
    "cvat": "cvatformats.cvat_xml:FORMAT",
}
"""The built-in formats by key."""

_log = logging.getLogger(__name__)


def format_keys() -> tuple[str, ...]:
    """The keys of all formats, built-in ones first; nothing is imported."""
    return (*TABLE, *sorted(_third_parties().keys() - TABLE.keys()))


def load_format(key: str) -> Format:
    """The format of that key; imports it and no other.

    Errors: NotFound with the keys there are; InvalidInput when a third party's format cannot be loaded.
    """
    if key in TABLE:
        found = pkgutil.resolve_name(TABLE[key])
        assert isinstance(found, Format)
        return found
    entry = _third_parties().get(key)
    if entry is None:
        raise NotFound(f"There is no format {key!r}.", hint=f"The formats are: {', '.join(format_keys())}.")
    package = entry.dist.name if entry.dist else entry.value
    hint = f"Update or remove the package {package}."
    try:
        found = entry.load()
    except Exception as error:  # Whatever a stranger's module raises while it is imported.
        raise InvalidInput(f"The format {key!r} of {package} cannot be loaded: {error}.", hint=hint) from error
    if not isinstance(found, Format):
        raise InvalidInput(f"The format {key!r} of {package} is no Format but a {type(found).__name__}.", hint=hint)
    return found


def load_formats() -> tuple[Format, ...]:
    """All formats that can be loaded; one that cannot is logged and left out."""
    loaded: list[Format] = []
    for key in format_keys():
        try:
            loaded.append(load_format(key))
        except InvalidInput as error:
            _log.warning("%s %s", error.message, error.hint)
    return tuple(loaded)


def find_format(name: str) -> Format:
    """The format of that title, id, key or bare name, whatever its case: `COCO 1.0`, `coco-instances`, `coco`.

    Errors: NotFound with the titles there are.
    """
    wanted = " ".join(name.split()).lower()
    if wanted in format_keys():
        return load_format(wanted)
    formats = load_formats()
    for names in (_titles, _short_names):
        for candidate in formats:
            if wanted in names(candidate):
                return candidate
    titles = ", ".join(sorted(candidate.title for candidate in formats))
    raise NotFound(f"There is no format {name!r}.", hint=f"The formats are: {titles}.")


def detect_format(source: Source) -> Format:
    """The format that a file is of, by the most certain of all detectors.

    A detector that fails is logged and passed over.
    Errors: InvalidInput when none knows it, or several are equally sure.
    """
    scores: list[tuple[float, Format]] = []
    for candidate in load_formats():
        if candidate.detector is None or not candidate.can_import:
            continue
        try:
            score = candidate.detector.detect(source)
        except Exception:  # noqa: BLE001  a stranger's detector: the others still have their say
            _log.warning("Detecting %s failed on %s.", candidate.title, source.name, exc_info=True)
            continue
        if score > 0:
            scores.append((score, candidate))
    best = max((score for score, _ in scores), default=0.0)
    found = [candidate for score, candidate in scores if score == best]
    if not found:
        titles = ", ".join(candidate.title for candidate in load_formats() if candidate.can_import)
        raise InvalidInput(
            f"{source.name} is of no format that can be imported.", hint=f"The formats are: {titles}. Name one."
        )
    if len(found) > 1:
        titles = " and ".join(candidate.title for candidate in found)
        raise InvalidInput(f"{source.name} could be {titles}.", hint="Name the format.")
    return found[0]


def _titles(candidate: Format) -> tuple[str, ...]:
    return candidate.title.lower(), candidate.id.lower()


def _short_names(candidate: Format) -> tuple[str, ...]:
    return (candidate.name.lower(),)


def _third_parties() -> dict[str, importlib.metadata.EntryPoint]:
    return {entry.name: entry for entry in importlib.metadata.entry_points(group=GROUP)}

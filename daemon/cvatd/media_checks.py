"""Which files cannot be the media of one task, said in the words of CVAT's server before anything is looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from cvatcore.errors import InvalidDocument, InvalidInput
from cvatcore.media.kinds import is_manifest, kind_of_name

_WORDS = {"picture": "image", "cloud": "image", "document": "pdf", "video": "video", "archive": "archive"}


def check_media(names: Sequence[str], *, sorting: str) -> None:
    """Refuse files that do not go together, by their names; folders say nothing.

    Errors: InvalidInput.
    """
    manifests = [name for name in names if is_manifest(name)]
    if len(manifests) > 1:
        raise InvalidInput("Only one manifest file can be attached to data", hint=f"There are: {manifests[0]}, …")
    if manifests and sorting == "random":
        raise InvalidInput("It isn't supported to upload manifest file and use random sorting")
    counts = Counter(_WORDS[kind] for name in names if (kind := kind_of_name(name)))
    if counts["video"] and counts.total() > 1:
        found = ", ".join(f"{count} {word}(s)" for word, count in sorted(counts.items()))
        raise InvalidInput(
            f"Only one video or many images can be used simultaneously, but {found} found.",
            hint="Make one task for each video.",
        )


def words_of_manifest(error: InvalidDocument) -> str:
    """What is said before the fault of a manifest; nothing for other documents."""
    return "Invalid manifest was uploaded. " if is_manifest(error.path) else ""

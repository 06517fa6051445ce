"""What an archive holds, checked as it is listed. Archives come from strangers."""

from __future__ import annotations

import re

from cvatcore.errors import InvalidMedia, MissingMedia
from cvatcore.media.kinds import check_name, kind_of_name

MAX_ENTRIES = 500_000

_DRIVE = re.compile("[A-Za-z]:")


class ArchiveIndex:
    """The members of one archive, added one by one; `name` is the archive's in messages."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.sizes: dict[str, int] = {}
        """The length in bytes of each member, by its name with forward slashes."""

    def add(self, given: str, size: int, *, own_name: str = "") -> str:
        """Take a member in under the name that it has from now on, which is returned.

        Errors: InvalidMedia when its name leads out of the archive or stands in no line, it is there twice, or there
        are too many.
        """
        name = (own_name or given).replace("\\", "/")
        if given.startswith(("/", "\\")) or _DRIVE.match(name) or (".." in name and ".." in name.split("/")):
            raise InvalidMedia(
                f"{self._name} holds {given!r}, a name that leads out of the archive.",
                hint="Do not use this archive unless you know where it comes from.",
            )
        check_name(given)
        if name in self.sizes and kind_of_name(name):
            raise InvalidMedia(f"{self._name} holds {name!r} twice.", hint="Make it anew.")
        self.sizes[name] = size
        check_count(self._name, len(self.sizes))
        return name


def check_count(name: str, count: int) -> None:
    """Refuse an archive of very many files. Errors: InvalidMedia."""
    if count > MAX_ENTRIES:
        raise InvalidMedia(f"{name} holds {count} files, more than {MAX_ENTRIES}.", hint="Split it.")


def absent(name: str, member: str) -> MissingMedia:
    """What is said of a member that was there once."""
    return MissingMedia(f"{name} no longer holds {member}.", hint="Put the archive back as it was.")

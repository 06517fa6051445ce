"""Addresses of remotes: what they point to, and how they are shown."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit, urlunsplit
from urllib.request import url2pathname

Scheme = Literal["folder", "http", "ssh", "git", "other"]

_SCHEMES: dict[str, Scheme] = {
    "http": "http",
    "https": "http",
    "ssh": "ssh",
    "git+ssh": "ssh",
    "ssh+git": "ssh",
    "git": "git",
    "file": "folder",
}
_SSH_SHORT = re.compile(r"(?:[^/@:]+@)?(?:[^/:]{2,}|\[[^\]]+\]):(?!//)")
"""`person@host:path`. One letter before the colon is a drive of Windows."""


def scheme_of(address: str) -> Scheme:
    """How an address is reached."""
    name, separator, _ = address.partition("://")
    if separator:
        return _SCHEMES.get(name.lower(), "other")
    if re.match(r"[a-z0-9+.-]+::", address):
        return "other"  # `helper::address`, for a program that git would start.
    if _SSH_SHORT.match(address) and not os.path.exists(address):
        return "ssh"
    return "folder"


def local_folder(address: str, *, base: Path) -> Path | None:
    """The folder that an address names, a relative one counted from `base`; None when it is not on this machine."""
    if scheme_of(address) != "folder":
        return None
    if address.lower().startswith("file://"):
        parts = urlsplit(address)
        host = f"//{parts.netloc}" if parts.netloc not in {"", "localhost"} else ""
        return Path(url2pathname(host + parts.path))
    return Path(os.path.normpath(base / Path(address).expanduser()))


def shown_address(address: str) -> str:
    """An address without the password or token that it may carry."""
    parts = urlsplit(address)
    if "://" not in address or "@" not in parts.netloc:
        return address
    user, _, host = parts.netloc.rpartition("@")
    # Over HTTP a name alone is often a token.
    kept = "" if parts.scheme.startswith("http") else user.partition(":")[0] + "@"
    return urlunsplit(parts._replace(netloc=kept + host))

"""Git's commits as bytes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pygit2


def encode_commit(
    tree: bytes, parents: Sequence[pygit2.Oid], *, author: bytes, committer: pygit2.Signature, message: str
) -> bytes:
    """A commit of a tree (its id, 20 bytes); `author` as `encode_signature` or `author_line` give it."""
    lines = [
        b"tree " + tree.hex().encode(),
        *(b"parent " + str(parent).encode() for parent in parents),
        b"author " + author,
        b"committer " + encode_signature(committer),
    ]
    # Git ends a message at a zero.
    return b"\n".join(lines) + b"\n\n" + message.replace("\0", " ").encode()


def encode_signature(signature: pygit2.Signature) -> bytes:
    """Who and when: `Name <address> seconds +hhmm`."""
    hours, minutes = divmod(abs(signature.offset), 60)
    sign = "-" if signature.offset < 0 else "+"
    when = f"{signature.time} {sign}{hours:02}{minutes:02}"
    return b"%s <%s> %s" % (signature.raw_name, signature.raw_email, when.encode())


def author_line(commit: pygit2.Commit) -> bytes:
    """Who made a commit and when, just as it says it."""
    for line in commit.read_raw().split(b"\n"):
        if line.startswith(b"author "):
            return line.removeprefix(b"author ")
    return encode_signature(commit.author)

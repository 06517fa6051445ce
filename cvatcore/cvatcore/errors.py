"""Every error a caller can meet, each with a stable code, a sentence and a hint.

```
CvatError
├── InvalidInput          a value given by a person or a client is wrong
│   ├── InvalidDocument   a stored file does not say what its format demands (file, line)
│   ├── InvalidMedia      a picture, video or archive that cannot be used
│   └── InvalidFilter     a filter that cannot be understood (what kind of fault, where in it)
├── NotFound              no such task, job, label, object
├── Conflict              it exists already, or somebody else was faster
│   └── MergeConflict     both sides of a merge changed the same lines
├── NotAWorkspace         the folder holds no workspace
├── UnsupportedVersion    a workspace or file written by a newer version
├── Busy                  another process holds what is needed
├── StorageFailed         the disk is full, read-only or forbidden
└── RemoteFailed          a git remote refused or cannot be reached
```

The library raises these; only the command line (exit codes) and the daemon (HTTP status) translate them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

FilterFault = Literal["syntax", "empty", "operator", "arguments", "field", "type", "depth"]
"""What is wrong with a filter: it is no JSON, holds nothing, has an operator or a field that does not exist, arguments
that do not go together, a value of another type than its field, or too many levels."""


class CvatError(Exception):
    """The base of all errors that carry a message for a person.

    Args:
        message: one sentence that names the thing at fault.
        hint: what to do about it, a sentence of its own, or empty.
    """

    code = "error"
    """A stable name for programs; one a class."""

    exit_code = 1
    """The exit code of a command that ends with this error."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class InvalidInput(CvatError):
    """A value given by a person or a client is wrong; nothing was changed."""

    code = "invalid-input"
    exit_code = 2


class InvalidDocument(InvalidInput):
    """A stored file does not say what its format demands."""

    code = "invalid-document"
    exit_code = 12

    def __init__(self, message: str, *, path: str, line: int = 0, hint: str = "") -> None:
        place = f"{path}:{line}" if line else path
        super().__init__(f"{place}: {message}", hint=hint)
        self.path = path
        self.line = line
        self.reason = message


class InvalidMedia(InvalidInput):
    """A picture, video or archive that cannot be used."""

    code = "invalid-media"


class InvalidFilter(InvalidInput):
    """A filter that cannot be understood.

    Args:
        message: what is wrong, a sentence of its own.
        fault: which kind of fault it is.
        place: where in the document: `and[0].==[1]`; empty for the whole.
        term: the operator or field at fault, where there is one.
        given: the operator's arguments, decoded.
    """

    code = "invalid-filter"

    def __init__(
        self, message: str, *, fault: FilterFault, place: str = "", term: str = "", given: object = None, hint: str = ""
    ) -> None:
        super().__init__(f"In the filter, at {place}: {message}" if place else f"The filter: {message}", hint=hint)
        self.fault = fault
        self.place = place
        self.term = term
        self.given = given


class NotFound(CvatError):
    """No such project, task, job, label, object or file."""

    code = "not-found"
    exit_code = 4


class MissingMedia(NotFound):
    """A picture, video or archive is not on this machine; what is known of it is in the manifest."""

    code = "missing-media"


class Conflict(CvatError):
    """It exists already, or somebody else was faster."""

    code = "conflict"
    exit_code = 5


class MergeConflict(Conflict):
    """Both sides of a merge changed the same lines of a file that is none of the workspace's."""

    code = "merge-conflict"
    exit_code = 6

    def __init__(self, message: str, *, paths: Sequence[str] = (), hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.paths = tuple(paths)
        """The files and folders at fault, relative to the workspace."""


class NotAWorkspace(CvatError):
    """The folder holds no workspace."""

    code = "not-a-workspace"
    exit_code = 10


class UnsupportedVersion(CvatError):
    """A workspace or a file of it was written by a newer version; it is not touched."""

    code = "unsupported-version"
    exit_code = 11


class Busy(CvatError):
    """Another process holds what is needed: the write lock, the daemon's place, a port."""

    code = "busy"
    exit_code = 7


class StorageFailed(CvatError):
    """The disk is full, read-only or forbidden; what was committed before is untouched."""

    code = "storage-failed"
    exit_code = 8


class RemoteFailed(CvatError):
    """A git remote refused or cannot be reached; nothing was changed here."""

    code = "remote-failed"
    exit_code = 9

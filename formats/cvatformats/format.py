"""What a dataset format is: a descriptor, and three small protocols to detect, read and write it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

import msgspec

from cvatcore.errors import InvalidInput
from cvatcore.schema import Shape, ShapeType, Track

if TYPE_CHECKING:
    from cvatformats.archive_writer import ArchiveWriter
    from cvatformats.content import TaskContent
    from cvatformats.source import Source
    from cvatformats.target import Target

Progress = Callable[[int, int], None]
"""Called with what is done and what there is (0: not known yet)."""

Dimension = Literal["2d", "3d"]

Detail = Literal["group", "z-order", "score", "source", "track"]
"""What an object has besides label, geometry, occlusion and attributes; a format may be unable to hold it."""


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One object read from a file, as it is to be stored: ids are 0, frames those of the task.

    Several parts (the polygons of one COCO annotation) stay together or are lost together.
    """

    parts: tuple[Shape | Track, ...]
    count: int = 1
    """How many objects of the file it stands for: a track may be written frame by frame."""


class Detect(Protocol):
    """Recognizes a file."""

    def detect(self, source: Source) -> float:
        """How sure it is that the file is of this format, from 0 (it is not) to 1. Looks at little of it."""


class Read(Protocol):
    """Reads a file's objects."""

    def read(self, source: Source, target: Target) -> Iterator[Entry]:
        """Every object of the file, or its loss counted in `target.losses`. Nothing is saved meanwhile.

        Errors: InvalidDocument with file and place; InvalidInput for a label or frame that the task does not have.
        """


class Write(Protocol):
    """Writes a task's objects into an archive.

    `TaskContent.frames` gives only shapes of `kinds`, counts the rest as lost, and so is all that is to be written.
    """

    kinds: frozenset[ShapeType]
    details: frozenset[Detail]

    def write(self, content: TaskContent, archive: ArchiveWriter) -> None:
        """Write the annotation files."""

    def picture_folder(self, content: TaskContent) -> str:
        """Where in the archive the pictures go, without a slash at the end."""


class Format(msgspec.Struct, frozen=True):
    """A dataset format, named as in CVAT: `COCO 1.0`."""

    id: str
    """A name for programs: `coco-instances`."""
    name: str
    version: str
    dimension: Dimension = "2d"
    import_extensions: tuple[str, ...] = ()
    """In capitals, as CVAT lists them: `JSON`, `ZIP`."""
    detector: Detect | None = None
    reader: Read | None = None
    writer: Write | None = None

    @property
    def title(self) -> str:
        """The name that people and the API use."""
        return f"{self.name} {self.version}"

    @property
    def can_export(self) -> bool:
        """Whether tasks can be written in it."""
        return self.writer is not None

    @property
    def can_import(self) -> bool:
        """Whether its files can be read."""
        return self.reader is not None


def check_output_name(out: Path) -> bool:
    """Whether a file of that name may be an archive: `x.json` may not, `x.zip` and `x` may."""
    return out.suffix.lower() not in {".json", ".xml", ".jsonl"}


def check_dimension(found: Format, dimension: Dimension, *, task: str) -> None:
    """Refuse a format of pictures for a task of point clouds, and the other way round.

    Errors: InvalidInput that names both.
    """
    if found.dimension == dimension:
        return
    frames = {"2d": "pictures", "3d": "point clouds"}
    raise InvalidInput(
        f"The task {task!r} is of {frames[dimension]}, and {found.title} is a format for {frames[found.dimension]}.",
        hint="List the formats with: cvat formats.",
    )

"""`COCO 1.0`: instances of the MS COCO dataset. Boxes, polygons and masks; further attributes as CVAT adds them."""

from __future__ import annotations

from cvatformats.coco_read import CocoReader
from cvatformats.coco_write import CocoWriter
from cvatformats.format import Format

_reader = CocoReader()

FORMAT = Format(
    id="coco-instances",
    name="COCO",
    version="1.0",
    import_extensions=("JSON", "ZIP"),
    detector=_reader,
    reader=_reader,
    writer=CocoWriter(),
)
"""The descriptor for the registry."""

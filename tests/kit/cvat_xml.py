"""Pieces of CVAT's XML for tests that write it by hand."""

import zipfile
from pathlib import Path
from xml.etree import ElementTree

from cvatcore import TaskView
from cvatformats import ImportReport, counts_agree, export_task, import_task

IMAGE = '<image id="0" name="000000.jpg" width="100" height="80">{}</image>'
BOX = '<box label="car" occluded="0" xtl="1" ytl="2" xbr="3" ybr="4" z_order="0"/>'
TRACK = '<track id="4" label="car" group_id="0">{}</track>'
KEY = '<box frame="0" keyframe="1" outside="0" occluded="0" xtl="1" ytl="2" xbr="3" ybr="4"/>'


def import_text(task: TaskView, folder: Path, body: str) -> ImportReport:
    """Import an `annotations` element with this in it."""
    file = folder / "in.xml"
    file.write_text(
        f'<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n{body}\n</annotations>\n', encoding="utf-8"
    )
    return import_task(task, "CVAT 1.1", file)


def exported(task: TaskView, folder: Path, key: str) -> ElementTree.Element:
    """What a format writes of a task; the archive is `out.zip`."""
    assert counts_agree(export_task(task, key, folder / "out.zip"))
    with zipfile.ZipFile(folder / "out.zip") as archive:
        return ElementTree.fromstring(archive.read("annotations.xml"))

"""The `meta` of CVAT's XML: the task, its jobs and labels.

Dates of change and of the export are left out, as is the owner's e-mail: the same task gives the same bytes, and what
is exported is often handed on.
"""

from __future__ import annotations

from collections.abc import Iterator

from cvatcore.schema import Label
from cvatformats.content import TaskContent
from cvatformats.xml_text import element_text


def meta_lines(content: TaskContent) -> Iterator[str]:
    """The element, line by line, indented by one level."""
    task, manifest = content.task, content.manifest
    yield "  <meta>"
    yield "    <task>"
    yield _line(6, "id", str(task.id))
    yield _line(6, "name", task.name)
    yield _line(6, "size", str(manifest.size))
    yield _line(6, "mode", "interpolation" if manifest.video else "annotation")
    yield _line(6, "overlap", str(task.overlap))
    yield _line(6, "bugtracker", "")
    yield _line(6, "created", task.created)
    yield _line(6, "subset", content.subset)
    yield _line(6, "start_frame", str(manifest.start))
    yield _line(6, "stop_frame", str(manifest.source_frame(max(manifest.size - 1, 0))))
    yield _line(6, "frame_filter", f"step={manifest.step}" if manifest.step > 1 else "")
    yield "      <segments>"
    for job in content.jobs:
        yield "        <segment>"
        yield _line(10, "id", str(job.id))
        yield _line(10, "start", str(job.start))
        yield _line(10, "stop", str(job.stop))
        yield _line(10, "url", f"/api/jobs/{job.id}")
        yield "        </segment>"
    yield "      </segments>"
    yield from _person("owner", task.owner)
    yield from _person("assignee", task.assignee)
    yield "      <labels>"
    for label in content.labels:
        yield from _label(label)
        for sublabel in label.sublabels:
            yield from _label(sublabel, parent=label.name)
    yield "      </labels>"
    if manifest.video:
        width, height = manifest.video.resolution
        yield "      <original_size>"
        yield _line(8, "width", str(width))
        yield _line(8, "height", str(height))
        yield "      </original_size>"
        yield _line(6, "source", manifest.video.name.rsplit("/", 1)[-1])
    yield "    </task>"
    yield "  </meta>"


def _label(label: Label, *, parent: str = "") -> Iterator[str]:
    yield "        <label>"
    yield _line(10, "name", label.name)
    yield _line(10, "color", label.color)
    yield _line(10, "type", label.type)
    yield "          <attributes>"
    for attribute in label.attributes:
        yield "            <attribute>"
        yield _line(14, "name", attribute.name)
        yield _line(14, "mutable", str(attribute.mutable))
        yield _line(14, "input_type", attribute.input_type)
        yield _line(14, "default_value", attribute.default_value)
        yield _line(14, "values", "\n".join(attribute.values))
        yield "            </attribute>"
    yield "          </attributes>"
    if label.svg:
        yield _line(10, "svg", label.svg)
    if parent:
        yield _line(10, "parent", parent)
    yield "        </label>"


def _person(element: str, username: str) -> Iterator[str]:
    if not username:
        yield f"      <{element}></{element}>"
        return
    yield f"      <{element}>"
    yield _line(8, "username", username)
    yield _line(8, "email", "")
    yield f"      </{element}>"


def _line(indent: int, element: str, text: str) -> str:
    return f"{' ' * indent}<{element}>{element_text(text)}</{element}>"

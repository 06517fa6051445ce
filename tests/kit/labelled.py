"""A workspace whose task has objects of several labels, as `cvat label` meets it."""

from pathlib import Path
from typing import Any

from cvatcore import Annotations, Shape, Workspace
from cvatcore.schema import Attribute, Element, Label
from kit.annotated import git
from kit.command import cvat
from kit.labels import skeleton_label
from kit.tasks import make_task, new_workspace, numbered_pictures

COLOR = Attribute(11, "color", "select", False, "red", ("red", "blue"))
LABELS = (
    Label(id=1, name="car", color="#112233", attributes=(COLOR,)),
    Label(id=2, name="van", color="#223344", type="rectangle"),
    skeleton_label("nose", "hip", edges=[("nose", "hip")]),
)


def labelled(folder: Path) -> Path:
    """One task with two jobs: two cars, a van and a skeleton."""
    with new_workspace(folder) as workspace:
        task = make_task(workspace, numbered_pictures(10), labels=LABELS, segment_size=5)
        joints = tuple(Element(31 + n, "points", name, (1.0, 1.0)) for n, name in enumerate(("nose", "hip")))
        body = Shape(0, 30, "skeleton", "body", elements=joints)
        task.replace({1: Annotations((box(1, color="blue"), box(2, 1, "van"), body)), 2: Annotations((box(3, 7),))})
        return workspace.root


def box(number: int, frame: int = 0, label: str = "car", **attributes: str) -> Shape:
    """A rectangle."""
    return Shape(frame, number, "rectangle", label, points=(0.0, 0.0, 9.0, 9.0), attributes=attributes)


def content(root: Path) -> dict[str, bytes]:
    """Every file that git has."""
    return {name: (root / name).read_bytes() for name in git(root, "ls-files").splitlines()}


def labels(root: Path) -> list[dict[str, Any]]:
    """The labels of the first task or project."""
    found = cvat("label", "ls", "--json", workspace=root).json[0]["labels"]
    assert isinstance(found, list)
    return found


def used(root: Path) -> list[str]:
    """The labels of all shapes by id."""
    with Workspace(root) as workspace:
        shapes = [shape for job in workspace.tasks[1].jobs for shape in job.annotations.shapes]
    return [shape.label for shape in sorted(shapes, key=lambda shape: shape.id)]

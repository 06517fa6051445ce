"""The library under cvatd: workspaces of annotations as versioned text, without a server.

```python
from cvatcore import Workspace

with Workspace(".") as ws:
    for job in ws.tasks["street"].jobs:
        for shape in job.annotations.shapes:
            print(shape.frame, shape.label, shape.points)
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cvatcore.edit import ChangeSet
    from cvatcore.schema import Annotations, Keyframe, Label, Shape, Track
    from cvatcore.workspace import JobView, TaskView, Workspace

__all__ = [
    "Annotations",
    "ChangeSet",
    "JobView",
    "Keyframe",
    "Label",
    "Shape",
    "TaskView",
    "Track",
    "Workspace",
]

_HOMES = {
    "Annotations": "cvatcore.schema",
    "ChangeSet": "cvatcore.edit",
    "JobView": "cvatcore.workspace",
    "Keyframe": "cvatcore.schema",
    "Label": "cvatcore.schema",
    "Shape": "cvatcore.schema",
    "TaskView": "cvatcore.workspace",
    "Track": "cvatcore.schema",
    "Workspace": "cvatcore.workspace",
}


def __getattr__(name: str) -> object:
    """Load a public name when it is first used, so that importing one part loads no other."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'cvatcore' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(home), name)

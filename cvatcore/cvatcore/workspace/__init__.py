"""The Python API: a workspace and what is in it."""

from cvatcore.workspace.initialize import find_root, initialize
from cvatcore.workspace.job import JobView
from cvatcore.workspace.people import member_by_id
from cvatcore.workspace.saving import Saved
from cvatcore.workspace.task import TaskView
from cvatcore.workspace.workspace import Tasks, Workspace

__all__ = [
    "JobView",
    "Saved",
    "TaskView",
    "Tasks",
    "Workspace",
    "find_root",
    "initialize",
    "member_by_id",
]

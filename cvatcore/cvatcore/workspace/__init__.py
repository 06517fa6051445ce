"""The Python API: a workspace and what is in it."""

from cvatcore.workspace.adding import FramesAdded
from cvatcore.workspace.conflict.conflicts import ConflictView
from cvatcore.workspace.conflict.resolving import Resolved, resolve_conflict, resolve_conflicts
from cvatcore.workspace.initialize import find_root, initialize
from cvatcore.workspace.job import JobView
from cvatcore.workspace.people import member_by_id
from cvatcore.workspace.saving import Saved
from cvatcore.workspace.task import TaskView
from cvatcore.workspace.task_data import TaskData
from cvatcore.workspace.tasks import Tasks
from cvatcore.workspace.workspace import Workspace

__all__ = [
    "ConflictView",
    "FramesAdded",
    "JobView",
    "Resolved",
    "Saved",
    "TaskData",
    "TaskView",
    "Tasks",
    "Workspace",
    "find_root",
    "initialize",
    "member_by_id",
    "resolve_conflict",
    "resolve_conflicts",
]

"""Three-way merge of documents, with conflicts as values: no git, no files.

Everywhere one rule: what one side left alone is taken from the other. Different objects, different fields, different
keyframes and different attributes never conflict; what one side deleted and the other changed stays, as it was
changed. Where two new values meet ours stays, and a `ConflictDocument` keeps both.

Modules are loaded when a name of theirs is first used: git's merge driver, which starts for each file, needs few.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cvatcore.merge.adopting import Adopted, adopt, orphans
    from cvatcore.merge.annotations import MergedAnnotations, merge_annotations
    from cvatcore.merge.conflict_ids import conflict_id, conflict_of
    from cvatcore.merge.documents import (
        MergedDocument,
        merge_issue,
        merge_job,
        merge_project,
        merge_settings,
        merge_task,
    )
    from cvatcore.merge.label_use import used_labels
    from cvatcore.merge.labels import keep_used_labels, merge_labels
    from cvatcore.merge.manifests import MergedManifest, merge_manifests
    from cvatcore.merge.members import merge_members
    from cvatcore.merge.opened_issues import describe_conflict, issue_number, issue_of
    from cvatcore.merge.picking import pick
    from cvatcore.merge.renames import LabelVersions
    from cvatcore.merge.shifting import FrameShift, shift_frames

__all__ = [
    "Adopted",
    "FrameShift",
    "LabelVersions",
    "MergedAnnotations",
    "MergedDocument",
    "MergedManifest",
    "adopt",
    "conflict_id",
    "conflict_of",
    "describe_conflict",
    "issue_number",
    "issue_of",
    "keep_used_labels",
    "merge_annotations",
    "merge_issue",
    "merge_job",
    "merge_labels",
    "merge_manifests",
    "merge_members",
    "merge_project",
    "merge_settings",
    "merge_task",
    "orphans",
    "pick",
    "shift_frames",
    "used_labels",
]

_HOMES = {
    "Adopted": "adopting",
    "FrameShift": "shifting",
    "LabelVersions": "renames",
    "MergedAnnotations": "annotations",
    "MergedDocument": "documents",
    "MergedManifest": "manifests",
    "adopt": "adopting",
    "conflict_id": "conflict_ids",
    "conflict_of": "conflict_ids",
    "describe_conflict": "opened_issues",
    "issue_number": "opened_issues",
    "issue_of": "opened_issues",
    "keep_used_labels": "labels",
    "merge_annotations": "annotations",
    "merge_issue": "documents",
    "merge_job": "documents",
    "merge_labels": "labels",
    "merge_manifests": "manifests",
    "merge_members": "members",
    "merge_project": "documents",
    "merge_settings": "documents",
    "merge_task": "documents",
    "orphans": "adopting",
    "pick": "picking",
    "shift_frames": "shifting",
    "used_labels": "label_use",
}


def __getattr__(name: str) -> object:
    """Load a public name when it is first used."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'cvatcore.merge' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"cvatcore.merge.{home}"), name)

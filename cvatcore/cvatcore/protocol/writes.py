"""Labels, projects and jobs as clients write them. Source: the request models of CVAT 2.7.6 and 2.80."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from cvatcore.schema import InputType, JobStage, JobState, JobType, StorageLocation

Number = Annotated[int, msgspec.Meta(ge=-(2**53) + 1, le=2**53 - 1)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
Seed = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Name = Annotated[str, msgspec.Meta(max_length=256)]
LabelName = Annotated[str, msgspec.Meta(max_length=64)]
Tracker = Annotated[str, msgspec.Meta(max_length=2000)]
Scalar = str | bool | int | float | None


class StorageWrite(msgspec.Struct, frozen=True):
    """Where data sets are read from, or written to."""

    location: StorageLocation = "local"
    cloud_storage_id: Number | None = None


class LabelAttributeWrite(msgspec.Struct, frozen=True):
    """An attribute of a label, found by its name."""

    name: LabelName
    mutable: bool | msgspec.UnsetType = msgspec.UNSET
    input_type: InputType | msgspec.UnsetType = msgspec.UNSET
    default_value: Scalar | msgspec.UnsetType = msgspec.UNSET
    values: list[Scalar] | str | msgspec.UnsetType = msgspec.UNSET


class LabelWrite(msgspec.Struct, frozen=True):
    """A label of a list: with an id the one that is there, without one a new one."""

    id: Number | msgspec.UnsetType | None = msgspec.UNSET
    name: LabelName | msgspec.UnsetType = msgspec.UNSET
    color: str | msgspec.UnsetType | None = msgspec.UNSET
    type: str | msgspec.UnsetType | None = msgspec.UNSET
    attributes: list[LabelAttributeWrite] | msgspec.UnsetType = msgspec.UNSET
    sublabels: list[LabelWrite] | msgspec.UnsetType = msgspec.UNSET
    svg: str | msgspec.UnsetType | None = msgspec.UNSET
    deleted: bool | msgspec.UnsetType = msgspec.UNSET


class ProjectWrite(msgspec.Struct, frozen=True):
    """What `POST /projects` takes; the subsets are those of the tasks, whatever is said here."""

    name: Name
    labels: list[LabelWrite] = []
    bug_tracker: Tracker = ""
    owner_id: Number | None = None
    assignee_id: Number | None = None
    task_subsets: list[Any] = []
    source_storage: StorageWrite | None = None
    target_storage: StorageWrite | None = None


class ProjectPatch(msgspec.Struct, frozen=True):
    """What `PATCH /projects/{id}` may change; labels that are not named stay, people who are null are nobody."""

    name: Name | msgspec.UnsetType = msgspec.UNSET
    labels: list[LabelWrite] | msgspec.UnsetType = msgspec.UNSET
    bug_tracker: Tracker | msgspec.UnsetType = msgspec.UNSET
    owner_id: Number | msgspec.UnsetType | None = msgspec.UNSET
    assignee_id: Number | msgspec.UnsetType | None = msgspec.UNSET
    task_subsets: list[Any] | msgspec.UnsetType = msgspec.UNSET
    source_storage: StorageWrite | msgspec.UnsetType | None = msgspec.UNSET
    target_storage: StorageWrite | msgspec.UnsetType | None = msgspec.UNSET


class JobWrite(msgspec.Struct, frozen=True):
    """What `POST /jobs` takes: a job of ground truth. The names of 2.7.6 and of newer versions mean the same."""

    type: JobType
    task_id: Number
    frame_selection_method: str | None = None
    """`random_uniform`, `random_per_job` or `manual`."""
    frame_count: Count | None = None
    frame_share: Share | None = None
    """In place of `frame_count`: how many of the task's frames, from 0 to 1."""
    frames_per_job_count: Count | None = None
    frames_per_job_share: Share | None = None
    seed: Seed | None = None
    random_seed: Seed | None = None
    """The same as `seed`."""
    frames: list[Count] | None = None
    assignee: Number | None = None
    stage: JobStage = "annotation"
    state: JobState = "new"

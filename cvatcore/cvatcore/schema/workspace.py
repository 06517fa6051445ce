"""`cvat.toml` and `members.toml`: settings of a workspace and its people."""

from __future__ import annotations

import re
from typing import Annotated, Literal

import msgspec

FORMAT_VERSION = 1
"""The workspace format that this version reads and writes (docs/format/v1.md)."""

Role = Literal["owner", "maintainer", "supervisor", "worker"]

USERNAME = re.compile(r"^[\w.@+-]{1,150}$")
"""CVAT's rule for usernames."""


class SaveSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[save]`: how edits become commits."""

    amend_seconds: int = 300
    """Saves of one author to one job within this time amend the last unpublished commit; 0 means a commit a save."""


class CacheSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[cache]`: the local cache of frames and previews."""

    max_megabytes: int = 2048
    """The cache drops what was used least recently above this size."""


class ValidateSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[validate]`: rules of `cvat validate`."""

    ignore: tuple[str, ...] = ()
    """Ids of rules that are not checked."""


class SyncSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[sync]`: sync that nobody asks for, by the daemon of each machine that serves the workspace."""

    interval_minutes: Annotated[int, msgspec.Meta(ge=0, le=10_080)] = 0
    """Minutes between two syncs; 0 for none."""
    on_job_completion: bool = False
    """Whether a sync follows when a job becomes completed."""
    remote: str = "origin"
    """The name of the git remote."""


class WorkspaceSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`cvat.toml`. Every field but `format` and `name` has a default and may be left out."""

    format: int
    """The version of the workspace format; a newer one than this program's is not touched."""
    name: str
    """What people call the workspace."""
    save: SaveSettings = SaveSettings()
    cache: CacheSettings = CacheSettings()
    validate: ValidateSettings = ValidateSettings()
    sync: SyncSettings = SyncSettings()


class Member(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One person, known to the API by `id` and everywhere else by `username`."""

    id: int
    """The number that the API knows the person by."""
    username: str
    """The name that the files know the person by."""
    name: str = ""
    """First and last name, as the commits give it."""
    email: str = ""
    """The address of the commits."""
    role: Role = "worker"
    """owner, maintainer, supervisor or worker."""


class Members(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """`members.toml`: people and roles, never a secret."""

    members: tuple[Member, ...] = ()

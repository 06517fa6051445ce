"""A workspace: tasks, jobs and annotations in a folder under git, to read and to change without any server."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import msgspec

from cvatcore.cache import Cache, open_cache
from cvatcore.edit.numbering import number_all
from cvatcore.errors import NotAWorkspace, NotFound
from cvatcore.media import FrameReader, MapFile, MediaMap, located, open_frames
from cvatcore.schema import (
    DEFAULT_QUALITY,
    Label,
    Manifest,
    Member,
    Role,
    Shape,
    Task,
    WorkspaceSettings,
)
from cvatcore.store import Author, JobAnnotations, Store
from cvatcore.store.files import MISSING, Stamp
from cvatcore.store.layout import LOCAL, MEMBERS, SETTINGS, job_path, task_path
from cvatcore.store.past import Past
from cvatcore.workspace.acting import acting_member, author_of
from cvatcore.workspace.conflict.conflicts import ConflictView, list_conflicts
from cvatcore.workspace.create import create_task
from cvatcore.workspace.going_back import GoingBack
from cvatcore.workspace.having_projects import HavingProjects
from cvatcore.workspace.initialize import decode_settings, find_root, initialize, read_settings
from cvatcore.workspace.job import JobView
from cvatcore.workspace.people import add_member, machine_author, person_of, read_members
from cvatcore.workspace.readers import Readers
from cvatcore.workspace.review.reviewing import Reviewing
from cvatcore.workspace.task import ManifestCache, TaskView
from cvatcore.workspace.task_data import Progress, TaskData, Tell
from cvatcore.workspace.tasks import Tasks

if TYPE_CHECKING:
    from cvatcore.workspace.history.blaming import ObjectBlame
    from cvatcore.workspace.history.differing import WorkspaceDiff

_KEPT_JOBS = 16
"""Jobs whose decoded annotations stay in memory."""


class Workspace(GoingBack, HavingProjects, Reviewing):
    """The workspace that `path` is or lies in.

    ```python
    from cvatcore import Workspace

    with Workspace(".") as ws:
        for job in ws.tasks["street"].jobs:
            print(job.id, len(job.annotations.shapes))
    ```

    With a revision (a tag, a branch, a commit) it is the workspace as it was then: it never changes, and who tries
    to write to it gets InvalidInput. `at` gives one of a workspace that is open.

    Errors: NotAWorkspace, UnsupportedVersion, InvalidDocument; NotFound for a revision that does not exist.
    """

    def __init__(self, path: Path | str = ".", *, revision: str = "") -> None:
        Reviewing.__init__(self)
        self.root = find_root(Path(path))
        if not revision:
            read_settings(self.root)  # Nothing is touched of a newer version.
        self.store = Store(self.root, revision=revision)
        self._settings: tuple[Stamp, WorkspaceSettings] = (self.store.files.stamp(SETTINGS), self._read_settings())
        self._members: tuple[Stamp, tuple[Member, ...]] = (MISSING, ())
        self._now: Workspace | None = None
        """Of a past state, the open workspace that it is of."""
        self._author: Author | None = None
        self._cache: Cache | None = None
        self._lock = threading.RLock()
        """Guards what is kept in memory; never held while files are read or written."""
        self._manifests = ManifestCache()
        self._annotations: OrderedDict[tuple[int, int], JobAnnotations] = OrderedDict()
        self._readers = Readers(self._open_frames)
        self._media_map = MapFile(self.root)
        self._task_of_job: dict[int, int] = {}

    def at(self, revision: str) -> Workspace:
        """The workspace as of a tag, a branch, or a commit: read like any other, never written. Close it when done.

        Errors: NotFound when there is no such revision, NotAWorkspace when there was no workspace then.
        """
        then = Workspace(self.root, revision=revision or "HEAD")
        then._now = self
        return then

    @property
    def revision(self) -> str:
        """What it is the state of; empty for the working tree."""
        return self.store.revision

    @property
    def past(self) -> Past:
        """Its commits, to be read."""
        return self.store.past

    def diff(self, before: str = "HEAD", after: str = "", *, task: int = 0, job: int = 0) -> WorkspaceDiff:
        """What differs between two revisions; without `after`, from `before` to the files as they are now.

        `task` and `job` leave all others out. What cannot be read is listed in it, not raised.
        Errors: NotFound for a revision that does not exist, StorageFailed.
        """
        from cvatcore.workspace.history.differing import diff_workspace  # Only for who asks.

        return diff_workspace(self, before, after, task=task, job=job)

    def blame(self, object_id: int, *, job: int = 0) -> tuple[ObjectBlame, ...]:
        """Who set each field of an object, when and in which commit; once for each job that has it (normally one).

        One that is gone is told as it was last, with who removed it.
        Errors: NotFound when there is none and there never was one.
        """
        from cvatcore.workspace.history.blaming import blame_object  # Only for who asks.

        return blame_object(self, object_id, job=job)

    @classmethod
    def init(cls, path: Path | str = ".", *, name: str = "") -> Self:
        """Make a workspace in a folder and open it.

        Errors: Conflict when there is one already; StorageFailed.
        """
        return cls(initialize(Path(path), name=name))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free what is held; nothing is saved here, since everything is saved already."""
        self._readers.close()
        with self._lock:
            if self._cache is not None:
                self._cache.close()
                self._cache = None
        self.store.close()

    @property
    def settings(self) -> WorkspaceSettings:
        """`cvat.toml`, as it is now."""
        now = self.store.files.stamp(SETTINGS)
        if now != self._settings[0]:
            self._settings = (now, self._read_settings())
        return self._settings[1]

    def _read_settings(self) -> WorkspaceSettings:
        if not self.revision:
            return read_settings(self.root)
        data = self.store.read(SETTINGS)
        if data is None:
            raise NotAWorkspace(f"There was no workspace in {self.root} at {self.revision}.")
        return decode_settings(data, place=f"{SETTINGS} of {self.revision}")

    @contextmanager
    def writing(self) -> Iterator[str]:
        """Hold the write lock over a look at the workspace and the change that follows; yields the newest commit.

        Errors: Busy, StorageFailed; UnsupportedVersion when a newer program has taken the workspace over.
        """
        with self.store.writing() as head:
            self.settings  # noqa: B018  says so when they are of a newer version
            yield head

    @property
    def cache(self) -> Cache:
        """The local cache of frames and previews."""
        if self._now is not None:
            return self._now.cache  # The same file must not be opened twice.
        with self._lock:
            if self._cache is None:
                self._cache = open_cache(
                    self.root / LOCAL / "cache",
                    max_bytes=self.settings.cache.max_megabytes * 1_000_000,
                )
            return self._cache

    @property
    def author(self) -> Author:
        """Whom commits made here name: who acts in this context, else the person at this machine."""
        acting = acting_member()
        if acting is not None:
            return author_of(acting)
        if self._author is None:
            self._author = machine_author(self.store)
        return self._author

    @property
    def members(self) -> tuple[Member, ...]:
        """The people of `members.toml`, as it is now."""
        now = self.store.files.stamp(MEMBERS)
        known, members = self._members
        if now != known:
            members = read_members(self.store)
            self._members = (now, members)
        return members

    @property
    def me(self) -> Member:
        """Who acts in this context, else the person at this machine, listed or not."""
        return acting_member() or person_of(self.author, self.members)

    def member(self, username: str) -> Member:
        """The member of that username.

        Errors: NotFound.
        """
        for member in self.members:
            if member.username == username:
                return member
        raise NotFound(
            f"There is no member {username!r}.",
            hint=f"The members are: {', '.join(member.username for member in self.members)}.",
        )

    def add_member(self, username: str, *, role: Role = "worker") -> Member:
        """List a person in `members.toml`, or return the one who is listed.

        Errors: InvalidInput for a username that CVAT would refuse.
        """
        me = self.me
        if username == me.username:
            return add_member(self.store, username, author=self.author, role=role, name=me.name, email=me.email)
        return add_member(self.store, username, author=self.author, role=role)

    @property
    def tasks(self) -> Tasks:
        """The tasks, by id or by name: `ws.tasks[3]`, `ws.tasks["street"]`."""
        return Tasks(self)

    def job(self, number: int) -> JobView:
        """The job of that id, whatever its task.

        Errors: NotFound.
        """
        for task in self._tasks_to_look_in(number):
            if self.store.files.stamp(job_path(task, number)) != MISSING:
                break
        else:
            raise NotFound(f"There is no job {number}.", hint="See: cvat job ls.")
        self._task_of_job[number] = task
        return JobView(self, TaskView(self, task), number)

    def conflicts(self, task: int | None = None, job: int | None = None) -> list[ConflictView]:
        """What merges left for people to choose, of all tasks, of a task or of a job.

        Errors: NotFound, InvalidDocument.
        """
        return list_conflicts(self, task=task, job=job)

    def _tasks_to_look_in(self, job: int) -> Iterator[int]:
        """Where a job was found before, since tasks do not exchange jobs; then each task, newest first."""
        known = self._task_of_job.get(job)
        if known is not None:
            yield known
        yield from reversed(self._numbers("tasks"))

    def create_task(
        self,
        name: str,
        *,
        labels: Sequence[str | Label] = (),
        data: Iterable[Path | str] | TaskData | None = (),
        segment_size: int = 0,
        overlap: int | None = None,
        project: str = "",
        subset: str = "",
        image_quality: int = DEFAULT_QUALITY,
        copy: bool = False,
        progress: Progress | None = None,
        tell: Tell | None = None,
    ) -> TaskView:
        """Make a task with its jobs from pictures, folders, archives, point clouds, or from one video.

        Labels are names, or labels whose ids do not count. Media stay where they are unless `copy`. With a project,
        its labels are the task's; a project of that name is made when there is none. A `TaskData` has all that can be
        said of the media, in place of the arguments here; None makes a task without frames, see `TaskView.attach`.
        `tell` is told what was passed over.
        Errors: InvalidInput, InvalidMedia, StorageFailed; then nothing was made.
        """
        if data is not None and not isinstance(data, TaskData):
            data = TaskData(
                inputs=tuple(map(Path, data)),
                segment_size=segment_size,
                overlap=overlap,
                image_quality=image_quality,
                copy=copy,
            )
        number = create_task(
            self, name, data=data, labels=labels, project=project, subset=subset, progress=progress, tell=tell
        )
        return TaskView(self, number)

    def new_ids(self, count: int) -> int:
        """The first of so many consecutive object ids that nobody has or will have: what operations take as `ids`.

        Errors: StorageFailed, Busy.
        """
        return self.store.ids.take("object", count)

    def numbered(self, shapes: Iterable[Shape]) -> tuple[Shape, ...]:
        """The shapes, and their elements, with fresh ids."""
        return number_all(shapes, self.new_ids)

    def annotations_of(self, task: int, job: int) -> JobAnnotations:
        """The decoded annotations of a job, kept while it is in use."""
        key = (task, job)
        with self._lock:
            kept = self._annotations.get(key)
            if kept is None:
                kept = JobAnnotations(self.store, task=task, job=job)
                self._annotations[key] = kept
            self._annotations.move_to_end(key)
            while len(self._annotations) > _KEPT_JOBS:
                self._annotations.popitem(last=False)
            return kept

    def manifest_of(self, task: int) -> Manifest:
        """The frames of a task.

        Errors: NotFound, InvalidDocument.
        """
        return self._manifests.read(self, task)

    @property
    def media_map(self) -> MediaMap:
        """Where media lie on this machine, for paths that another one wrote; set with `cvat media map`.

        Errors: InvalidDocument.
        """
        return self._media_map.read()

    def frames_of(self, task: int) -> FrameReader:
        """The pictures of a task's frames, opened again when its document or their place changes."""
        document = TaskView(self, task).document
        here = msgspec.structs.replace(document, data=located(document.data, self.media_map, task=task))
        return self._readers.of(here, self.manifest_of(task))

    def _open_frames(self, task: Task, manifest: Manifest) -> FrameReader:
        return open_frames(task.data, manifest, root=self.root, cache=self.cache)

    def forget_task(self, task: int) -> None:
        """Drop what is kept in memory of a task that was removed."""
        self._manifests.forget(task)
        self._readers.forget(task)
        with self._lock:
            for key in [key for key in self._annotations if key[0] == task]:
                del self._annotations[key]

    def forget_job(self, task: int, job: int) -> None:
        """Drop what is kept in memory of a job that was removed."""
        self._task_of_job.pop(job, None)
        with self._lock:
            self._annotations.pop((task, job), None)

    def project_numbers(self) -> list[int]:
        """The ids of all projects, in order."""
        return self._numbers("projects")

    def job_numbers(self, task: int) -> list[int]:
        """The ids of a task's jobs, in order."""
        return self._numbers(f"tasks/{task}/jobs", suffix=".json")

    def task_numbers(self) -> list[int]:
        """The ids of all tasks, in order."""
        return [n for n in self._numbers("tasks") if self.store.files.stamp(task_path(n)) != MISSING]

    def _numbers(self, folder: str, *, suffix: str = "") -> list[int]:
        found = self.store.files.listing(folder)
        names = tuple(found.files) if suffix else found.folders
        stems = [name.removesuffix(suffix) for name in names if name.endswith(suffix)]
        return sorted(int(stem) for stem in stems if stem.isdecimal())

"""Who set each field of an object, when and in which commit; who made the objects of a frame and changed them last.

History is walked backwards from the present, over the commits that touched the files in which the objects lie, and only
until all is explained. An object that came from another file is followed there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from cvatcore.errors import NotFound
from cvatcore.merge.diff import Item, ObjectKind
from cvatcore.schema import Annotations, Keyframe, Shape, Track, object_ids
from cvatcore.store import place_of
from cvatcore.store.layout import annotations_dir, shard_path, shard_start, task_dir
from cvatcore.store.past import CommitInfo, FileChange, Past
from cvatcore.store.working import working_changes
from cvatcore.workspace.history.line_history import Lines, changed_lines, state_of
from cvatcore.workspace.history.past_search import newest_objects
from cvatcore.workspace.job_facts import jobs_holding

if TYPE_CHECKING:
    from cvatcore.workspace.workspace import Workspace

_MOST_PATHS = 64
"""Of an object in more files the whole folder of its job is looked at."""


class Mark(msgspec.Struct, frozen=True):
    """Who did something, and when."""

    commit: str
    """Empty for what is not committed yet."""
    author: str
    email: str
    time: int
    """In seconds since 1970."""
    offset: int
    """The author's offset from UTC, in minutes."""
    subject: str


UNCOMMITTED = Mark("", "", "", 0, 0, "not committed yet")


class FieldBlame(msgspec.Struct, frozen=True):
    """A field of an object, and who set it to the value that it has."""

    field: str
    """Dots lead inwards: `points`, `attributes.color`, `keyframes.12.points`, `elements.5.points` (by ids)."""
    value: object
    mark: Mark | None
    """None where the history does not reach back so far."""


class ObjectMarks(msgspec.Struct, frozen=True):
    """Who made an object, and who changed it last."""

    id: int
    task: int
    job: int
    kind: ObjectKind
    type: str
    label: str
    frame: int
    """Of a track the first one."""
    made: Mark | None
    changed: Mark | None
    """The newest change; who made it where nobody changed it since."""


class ObjectBlame(msgspec.Struct, frozen=True):
    """An object of one job, field by field."""

    object: ObjectMarks
    removed: Mark | None
    """Of an object that is gone: who removed it."""
    is_gone: bool
    fields: tuple[FieldBlame, ...]
    """As it is, or as it was when it was removed."""


class _Open(msgspec.Struct):
    """An object on the way back."""

    waiting: set[str]
    """Fields that nobody is known for yet."""
    marks: dict[str, Mark] = {}
    made: Mark | None = None
    changed: Mark | None = None

    def see(self, fields: Iterable[str], mark: Mark) -> None:
        self.changed = self.changed or mark
        for field in self.waiting.intersection(fields):
            self.marks[field] = mark
            self.waiting.discard(field)

    def close(self, mark: Mark) -> None:
        self.see(tuple(self.waiting), mark)
        self.made = mark


def blame_object(workspace: Workspace, number: int, *, job: int = 0) -> tuple[ObjectBlame, ...]:
    """Who set each field of an object (or of the one that a joint is of): once for each job that has it.

    An object that is gone is looked for in the history.
    Errors: NotFound when there is none and there never was one.
    """
    found = [
        _blame_present(workspace, view.task.id, view.id, number)
        for view in jobs_holding(workspace, number)
        if not job or view.id == job
    ]
    if not found:
        places = newest_objects(workspace, [number]).get(number, [])
        found = [
            _blame_gone(workspace, place.task, place.job, number, place.commit)
            for place in places
            if not job or place.job == job
        ]
    if not found:
        where = f" in job {job}" if job else ""
        raise NotFound(f"There is no object {number}{where}, and there never was one.")
    return tuple(found)


def blame_jobs(workspace: Workspace, jobs: Iterable[tuple[int, int]], *, frame: int = -1) -> list[ObjectMarks]:
    """Who made the objects of jobs (by task and job), and who changed them last; of one frame if it is given.

    Sorted by job, frame and id.
    """
    marks: list[ObjectMarks] = []
    for task, job in jobs:
        items = [
            item for item in _items(workspace.annotations_of(task, job).read()) if frame < 0 or _is_on(item, frame)
        ]
        if not items:
            continue
        entries = {item.id: _Open(waiting=set()) for item in items}
        _Tracing(workspace, task, job, items).run(entries, paths=_paths(task, job, items))
        marks += [_marks(item, task, job, entries[item.id]) for item in items]
    return marks


def _blame_present(workspace: Workspace, task: int, job: int, number: int) -> ObjectBlame:
    item = _find(workspace.annotations_of(task, job).read(), number)
    entry = _Open(waiting=set(state_of(item)))
    _Tracing(workspace, task, job, [item]).run({item.id: entry}, paths=_paths(task, job, [item]))
    return _blame(item, task, job, entry, removed=None, is_gone=False)


def _blame_gone(workspace: Workspace, task: int, job: int, number: int, last: str) -> ObjectBlame:
    """Of an object that the commit `last` still had."""
    with workspace.at(last) as then:
        item = _find(then.annotations_of(task, job).read(), number)
    tracing = _Tracing(workspace, task, job, [item])
    removed = tracing.removal(item.id)
    entry = _Open(waiting=set(state_of(item)))
    tracing.walk({item.id: entry}, start=last, paths=_paths(task, job, [item]))
    return _blame(item, task, job, entry, removed=removed, is_gone=True)


class _Tracing:
    """The walk backwards for some objects of a job."""

    def __init__(self, workspace: Workspace, task: int, job: int, items: Iterable[Item]) -> None:
        self._workspace = workspace
        self._past: Past = workspace.past
        self._task, self._job = task, job
        self._owners = {joint: item.id for item in items if isinstance(item, Track) for joint in object_ids(item)[1:]}

    def run(self, entries: Mapping[int, _Open], *, paths: tuple[str, ...]) -> None:
        """From the working tree, or from the revision that the workspace is of."""
        start = _newest(self._workspace)
        if not start:
            return
        if not self._workspace.revision:
            lines = self._uncommitted(frozenset(entries), start)
            for number, found in lines.items():
                if found.is_made:
                    entries[number].close(UNCOMMITTED)
                elif found.changed:
                    entries[number].see(found.changed, UNCOMMITTED)
        self.walk(entries, start=start, paths=paths)

    def walk(self, entries: Mapping[int, _Open], *, start: str, paths: tuple[str, ...]) -> None:
        """From a commit backwards, until all is explained."""
        waiting = {number: entry for number, entry in entries.items() if entry.made is None}
        if not waiting:
            return
        everywhere = (annotations_dir(self._task, self._job),)
        for commit in self._past.log(start=start, paths=paths):
            mark = _mark(commit)
            parents = commit.parents or ("",)
            looked = partial(self._between, commit=commit.id, wanted=frozenset(waiting))
            sides = [looked(parent, under=everywhere[0]) for parent in parents]
            arrived: dict[int, _Open] = {}
            moved: dict[int, _Open] = {}
            for number in frozenset.intersection(*(frozenset(side) for side in sides)):
                if all(side[number].is_made for side in sides):
                    arrived[number] = waiting.pop(number)
                elif waiting[number].changed is not None and not waiting[number].waiting and paths == everywhere:
                    continue  # Only who made it is still to be found.
                elif fields := frozenset.intersection(*(side[number].changed for side in sides)):
                    waiting[number].see(fields, mark)
                    if "frame" in fields and paths != everywhere:
                        moved[number] = waiting.pop(number)  # It may have lain in a file that is not looked at.
            if arrived:
                self._arrive(arrived, commit, mark)
            if moved:
                self.walk(moved, start=parents[0], paths=everywhere)
            if not waiting:
                return

    def removal(self, number: int) -> Mark | None:
        """Who removed an object that is gone from the job; None when no commit of the branch did."""
        under = annotations_dir(self._task, self._job)
        wanted = frozenset({number})
        start = _newest(self._workspace)
        if not start:
            return None
        gone = self._uncommitted(wanted, start).get(number)
        if gone is not None and gone.is_removed:
            return UNCOMMITTED
        for commit in self._past.log(start=start, paths=(under,)):
            for parent in commit.parents or ("",):
                found = self._between(parent, commit=commit.id, wanted=wanted, under=under).get(number)
                if found is not None and found.is_removed:
                    return _mark(commit)
        return None

    def _arrive(self, entries: Mapping[int, _Open], commit: CommitInfo, mark: Mark) -> None:
        """What a job did not have before was made, or came from another job of the task, which lost it."""
        moved: dict[tuple[str, int], dict[int, _Open]] = {}
        under, left = f"{task_dir(self._task)}/annotations", dict(entries)
        for parent in commit.parents:
            by_job: dict[int, list[FileChange]] = {}
            for change in self._past.changes(parent, commit.id, under=under):
                place = place_of(change.path)
                if place is not None:
                    by_job.setdefault(place.job, []).append(change)
            own = self._lines(by_job.pop(self._job, []), frozenset(left))
            for job, changes in by_job.items():
                for number, gone in self._lines(changes, frozenset(left)).items():
                    if gone.is_removed and number in own and number in left:
                        entry = left.pop(number)
                        entry.see(Lines(gone.old, own[number].new).changed, mark)
                        moved.setdefault((parent, job), {})[number] = entry
        for entry in left.values():
            entry.close(mark)
        for (parent, job), those in moved.items():
            other = _Tracing(self._workspace, self._task, job, ())
            other.walk(those, start=parent, paths=(annotations_dir(self._task, job),))

    def _between(self, parent: str, *, commit: str, wanted: frozenset[int], under: str) -> Mapping[int, Lines]:
        return self._lines(self._past.changes(parent, commit, under=under), wanted)

    def _lines(self, changes: Iterable[FileChange], wanted: frozenset[int]) -> Mapping[int, Lines]:
        texts = ((change, self._blob(change.before), self._blob(change.after)) for change in changes)
        return changed_lines(texts, self._owners, wanted)

    def _uncommitted(self, wanted: frozenset[int], head: str) -> Mapping[int, Lines]:
        under = annotations_dir(self._task, self._job) + "/"
        read = self._workspace.store.read
        changes: Iterator[tuple[FileChange, bytes, bytes]] = (
            (change, self._blob(change.before), read(change.path) or b"")
            for change in working_changes(self._workspace.root, commit=head)
            if change.path.startswith(under)
        )
        return changed_lines(changes, self._owners, wanted)

    def _blob(self, id: str) -> bytes:
        return self._past.blob(id) if id else b""


def _paths(task: int, job: int, items: Collection[Item]) -> tuple[str, ...]:
    """The files that objects lie in, or the folder of their job where these are many."""
    paths = {shard_path(task, job, shard_start(item.frame)) for item in items}
    # A track may have had keyframes anywhere.
    if len(paths) > _MOST_PATHS or any(isinstance(item, Track) for item in items):
        return (annotations_dir(task, job),)
    return tuple(sorted(paths))


def _keys(track: Track) -> Iterator[Keyframe]:
    yield from track.keyframes
    for joint in track.elements:
        yield from joint.keyframes


def _is_on(item: Item, frame: int) -> bool:
    """Whether a shape is on a frame, or a track has begun and not ended there."""
    if isinstance(item, Shape):
        return item.frame == frame
    from cvatcore.tracks import track_shapes

    return any(True for _ in track_shapes(item, start=frame, stop=frame))


def _newest(workspace: Workspace) -> str:
    return workspace.store.commit_id or workspace.store.history.head()


def _items(annotations: Annotations) -> list[Item]:
    items: list[Item] = [*annotations.shapes, *annotations.tracks]
    return sorted(items, key=lambda item: (_first(item), item.id))


def _first(item: Item) -> int:
    return min((key.frame for key in _keys(item)), default=item.frame) if isinstance(item, Track) else item.frame


def _find(annotations: Annotations, number: int) -> Item:
    for item in _items(annotations):
        if number in object_ids(item):
            return item
    raise NotFound(f"There is no object {number}.")  # It went away while it was looked for.


def _blame(item: Item, task: int, job: int, entry: _Open, *, removed: Mark | None, is_gone: bool) -> ObjectBlame:
    fields = tuple(FieldBlame(name, value, entry.marks.get(name)) for name, value in state_of(item).items())
    return ObjectBlame(_marks(item, task, job, entry), removed, is_gone, fields)


def _marks(item: Item, task: int, job: int, entry: _Open) -> ObjectMarks:
    if isinstance(item, Shape):
        kind: ObjectKind = "tag" if item.type == "tag" else "shape"
        shown: str = item.type
    else:
        first = next(_keys(item), None)
        kind, shown = "track", "skeleton" if item.elements else first.type if first is not None else ""
    return ObjectMarks(item.id, task, job, kind, shown, item.label, _first(item), entry.made, entry.changed)


def _mark(commit: CommitInfo) -> Mark:
    author = commit.author
    return Mark(commit.id, author.name, author.email, commit.time, commit.offset, commit.subject)

"""One watched folder: looked at again and again, its complete files made frames."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Literal

import msgspec

from cvatcore.errors import CvatError, InvalidMedia, MissingMedia
from cvatcore.media import located
from cvatcore.media.kinds import check_frame_name
from cvatcore.media.ordering import arrange
from cvatcore.media.page.extents import file_extents
from cvatcore.schema import DataSpec, ImageFrame, Manifest
from cvatcore.workspace.adding import FramesAdded
from cvatcore.workspace.watching.deciding import Refused, Seen, Sorted, batch_size, sort_out
from cvatcore.workspace.watching.known import KnownFrames, known_in, presence
from cvatcore.workspace.watching.known_files import KnownFiles
from cvatcore.workspace.watching.late_context import add_context, late_context
from cvatcore.workspace.watching.listing import FileStamp, FolderListing, list_folder
from cvatcore.workspace.watching.matching import match
from cvatcore.workspace.watching.probing import Probed, probe
from cvatcore.workspace.watching.remembered import Remembered
from cvatcore.workspace.watching.roles import Roles, roles
from cvatcore.workspace.watching.rules import WatchRule
from cvatcore.workspace.watching.state import FileNote, Moved, WatchState, shown, shown_names
from cvatcore.workspace.watching.taking import relink, take

if TYPE_CHECKING:
    from cvatcore.workspace.workspace import Workspace

Progress = Callable[[int, int], None]
"""Called with the files read and their number, between two of them; who raises in it ends the look."""

_HELD = "It was a frame, and that was taken back; rename or change it to have it taken again."
_UNITED = "It is the picture of frame {}, which the task has from another folder."
_KEPT_MOVES = 1000


class Clock(msgspec.Struct, frozen=True):
    """The time."""

    now: Callable[[], float] = time.monotonic
    """Seconds, never going back."""
    today_ns: Callable[[], int] = time.time_ns
    """Nanoseconds since 1970, as files have them."""


class Batch(msgspec.Struct, frozen=True):
    """What was done with some files at once."""

    task: int
    added: FramesAdded | None
    """The new frames, if there are any: a commit."""
    moved: tuple[Moved, ...]
    """Frames that were linked to other files: a commit before that."""
    moved_commit: str
    context: tuple[int, ...] = ()
    """Frames that got context images which came after them."""


class Look(msgspec.Struct, frozen=True):
    """What one look at a folder came to."""

    state: WatchState
    batches: tuple[Batch, ...] = ()
    due: float | None = None
    """In how many seconds a file may be complete; None where none waits."""
    reading_seconds: float = 0.0
    """How long new files were read."""


class FolderWatch:
    """A watched folder. For one thread at a time.

    Args:
        workspace: the workspace.
        rule: which folder, and for which task.
        remembered: what is known of it from before.
        clock: the time.
        lister: looks at the folder.
    """

    def __init__(
        self,
        workspace: Workspace,
        rule: WatchRule,
        *,
        remembered: Remembered | None = None,
        clock: Clock | None = None,
        lister: Callable[..., FolderListing] = list_folder,
    ) -> None:
        self.rule = rule
        self._workspace = workspace
        self._clock = clock or Clock()
        self._lister = lister
        kept = remembered if remembered and remembered.task == rule.task else Remembered(task=rule.task)
        self._looked_ns = kept.looked_ns
        self._waiting: dict[str, Seen] = {}
        self._refused = {
            name: Refused(stamp=FileStamp(*stamp, 0), reason=_HELD, is_held=True) for name, stamp in kept.held.items()
        }
        self._moved: tuple[Moved, ...] = ()
        self._reading_seconds = 0.0
        self._files = KnownFiles(rule.folder, since_ns=kept.looked_ns)
        self._known: tuple[Manifest, DataSpec, KnownFrames] | None = None
        self._commit = kept.commit
        self._committed: Manifest | None = None
        """The frames as that commit has them."""

    @property
    def remembered(self) -> Remembered:
        """What is to be kept for the next start."""
        held = {name: (no.stamp.size, no.stamp.modified_ns) for name, no in self._refused.items() if no.is_held}
        return Remembered(task=self.rule.task, looked_ns=self._looked_ns, held=held, commit=self._commit)

    def look(
        self,
        *,
        skip: Collection[str] = (),
        closed: Collection[str] = (),
        take_files: bool = True,
        progress: Progress | None = None,
        told: Callable[[Batch], None] | None = None,
    ) -> Look:
        """Look at the folder, and make frames of the files that are complete.

        What cannot be done is the state's problem, and is tried again with the next look.

        Args:
            skip: folders in it that are watched for themselves.
            closed: paths in it of files of which the system said that they are complete.
            take_files: whether anything is done, or only looked.
            progress: called with the files read.
            told: called after each commit.
        """
        began_ns = self._clock.today_ns()
        listing = self._lister(self.rule.folder, recursive=self.rule.recursive, skip=skip)
        if not listing.is_there:
            reason = f"The folder {self.rule.folder} is not there, or cannot be read."
            return Look(state=WatchState(rule=self.rule, problem=reason, moved=self._moved))
        try:
            return self._look(listing, closed, take_files=take_files, progress=progress, told=told, began_ns=began_ns)
        except CvatError as error:
            return Look(state=WatchState(rule=self.rule, problem=error.message, moved=self._moved))

    def _look(
        self,
        listing: FolderListing,
        closed: Collection[str],
        *,
        take_files: bool,
        progress: Progress | None,
        told: Callable[[Batch], None] | None,
        began_ns: int,
    ) -> Look:
        task = self._workspace.tasks[self.rule.task]
        manifest, known = self._frames(listing)
        if manifest.video:
            problem = f"The frames of {task.name} are those of a video; none can be added."
            return Look(state=WatchState(rule=self.rule, task_name=task.name, problem=problem))
        dimension: Literal["", "2d", "3d"] = manifest.dimension if manifest.images else ""
        parts = roles(listing.files, dimension=dimension)
        found = sort_out(
            listing.files,
            known=known.first,
            before=self._waiting,
            refused=self._refused,
            closed=closed,
            now=self._clock.now(),
            today_ns=began_ns,
            stable=self.rule.stable,
        )
        self._waiting, self._refused = found.waiting, found.refused
        self._reading_seconds = 0.0
        wanted = self._wanted(found, parts)
        batches: list[Batch] = []
        problem = ""
        if take_files:
            try:
                for batch in self._take(wanted, found, parts, progress):
                    batches.append(batch)
                    self._moved = (*self._moved, *batch.moved)[-_KEPT_MOVES:]
                    if told:
                        told(batch)
            except CvatError as error:
                problem = error.message
        else:
            self._look_into(wanted, found, progress)
        manifest, known = self._frames(listing)
        if take_files and parts.related and not problem:
            data = located(task.document.data, self._workspace.media_map, task=task.id)
            late = late_context(parts.related, known, manifest, data, complete=frozenset(found.ready))
            if late and (changed := add_context(task, late, before=manifest)):
                batches.append(Batch(task=task.id, added=None, moved=(), moved_commit="", context=changed))
                if told:
                    told(batches[-1])
                manifest, known = self._frames(listing)
        notes = self._files.look(listing, known, manifest, now_ns=began_ns, stable=self.rule.stable, progress=progress)
        self._looked_ns = began_ns
        if take_files:
            self._note_commit()
        is_left_out = frozenset(parts.left_out)
        state = WatchState(
            rule=self.rule,
            task_name=task.name,
            problem=problem,
            frames=known.count,
            waiting=shown_names(name for name in self._waiting if name in parts.frames and name not in is_left_out),
            broken=(
                *(FileNote(name=shown(folder), reason="The folder cannot be read.") for folder in listing.unreadable),
                *(FileNote(name=shown(name), reason=no.reason) for name, no in sorted(self._refused.items())),
            ),
            missing=notes.missing,
            changed=notes.changed,
            moved=self._moved,
            left_out=shown_names((*listing.others, *parts.left_out)),
        )
        return Look(state=state, batches=tuple(batches), due=self._due(found), reading_seconds=self._reading_seconds)

    def _frames(self, listing: FolderListing) -> tuple[Manifest, KnownFrames]:
        """The task's frames, and those in the folder; files whose frames somebody took back are held from now on."""
        task = self._workspace.tasks[self.rule.task]
        data = located(task.document.data, self._workspace.media_map, task=task.id)
        manifest = task.manifest
        if self._known is not None and self._known[0] is manifest and self._known[1] == data:
            return manifest, self._known[2]
        known = known_in(self.rule.folder, data, manifest, root=self._workspace.root)
        if (then := self._known or self._known_before()) is not None:
            before, frames = then[0], then[2].first
            gone = [name for name in frames.keys() - known.first.keys() if name in listing.files]
            still = {image.checksum: number for number, image in enumerate(manifest.images)} if gone else {}
            for name in gone:
                number = still.get(before.images[frames[name]].checksum or "?")
                reason = _HELD if number is None else _UNITED.format(number)
                self._refused[name] = Refused(stamp=listing.files[name], reason=reason, is_held=True)
        self._known = (manifest, data, known)
        return manifest, known

    def _known_before(self) -> tuple[Manifest, DataSpec, KnownFrames] | None:
        """The frames in the folder at the last look of the process before this one."""
        if not self._commit:
            return None
        workspace = self._workspace
        try:
            if self._commit == workspace.store.past.resolve("HEAD"):
                return None
            with workspace.at(self._commit) as past:
                task = past.tasks[self.rule.task]
                data = located(task.document.data, workspace.media_map, task=task.id)
                return task.manifest, data, known_in(self.rule.folder, data, task.manifest, root=workspace.root)
        except CvatError:
            return None  # It is in no history any more.

    def _note_commit(self) -> None:
        manifest = self._workspace.tasks[self.rule.task].manifest
        if manifest is not self._committed:
            self._commit, self._committed = self._workspace.store.past.resolve("HEAD"), manifest

    def _wanted(self, found: Sorted, parts: Roles) -> list[str]:
        """Files that are ready to become frames, in the task's order; one whose context images come yet waits."""
        frames = [name for name in found.ready if name in parts.frames]
        if parts.related:
            coming = found.waiting.keys() - set(found.ready)
            frames = [name for name in frames if coming.isdisjoint(parts.related.get(name, ()))]
        sorting = self._workspace.tasks[self.rule.task].document.data.sorting
        order = arrange(frames, sorting="natural" if sorting == "natural" else "lexicographical")
        return [frames[position] for position in order]

    def _take(self, names: Sequence[str], found: Sorted, parts: Roles, progress: Progress | None) -> Iterator[Batch]:
        """Make frames of files, a commit a batch."""
        task = self._workspace.tasks[self.rule.task]
        begin = 0
        while begin < len(names):
            batch = names[begin : begin + batch_size(task.size)]
            began = time.monotonic()
            probed = list(self._probe(batch, found, progress, done=begin, total=len(names)))
            self._reading_seconds += time.monotonic() - began
            begin += len(batch)
            if not probed:
                continue
            manifest = task.manifest
            data = located(task.document.data, self._workspace.media_map, task=task.id)
            state_of = partial(self._presence, manifest, data)
            sorted_out = match(probed, manifest, presence=state_of)
            linked: tuple[Moved, ...] = ()
            commit = ""
            if sorted_out.moved:
                linked, commit = relink(task, self.rule.folder, sorted_out.moved, before=manifest)
            done = take(task, self.rule.folder, self._with_context(sorted_out.new, parts))
            for one in probed:
                self._waiting.pop(one.name, None)
                self._files.saw(one.name, one.stamp)
                if (number := sorted_out.elsewhere.get(one.name)) is not None:
                    self._refused[one.name] = Refused(stamp=one.stamp, reason=_elsewhere(manifest, data, number))
            if done.frames or linked:
                added = done if done.frames else None
                yield Batch(task=task.id, added=added, moved=linked, moved_commit=commit)

    def _probe(
        self, names: Sequence[str], found: Sorted, progress: Progress | None, *, done: int, total: int
    ) -> Iterator[Probed]:
        for place, name in enumerate(names):
            if progress:
                progress(done + place, total)
            stamp = found.waiting[name].stamp
            try:
                probed = probe(self.rule.folder, name, stamp=stamp)
            except (InvalidMedia, MissingMedia) as error:
                self._refuse(name, error, is_quiet=name in found.quiet)
                continue
            if probed is not None:
                yield probed
        if progress and done + len(names) == total:
            progress(total, total)

    def _refuse(self, name: str, error: CvatError, *, is_quiet: bool) -> None:
        seen = self._waiting[name]
        if is_quiet:
            del self._waiting[name]
            self._refused[name] = Refused(stamp=seen.stamp, reason=error.message)
        else:
            self._waiting[name] = msgspec.structs.replace(seen, is_odd=True)

    def _look_into(self, names: Sequence[str], found: Sorted, progress: Progress | None) -> None:
        """Find the broken ones among files that are not to be taken now."""
        for place, name in enumerate(names):
            if progress:
                progress(place, len(names))
            if name in found.quiet:
                try:
                    check_frame_name(name)
                    file_extents(f"{self.rule.folder}/{name}", looked="pixels")
                except InvalidMedia as error:
                    self._refuse(name, error, is_quiet=True)

    def _presence(self, manifest: Manifest, data: DataSpec, number: int) -> Literal["here", "missing", "elsewhere"]:
        return presence(manifest.images[number], data, root=self._workspace.root)

    def _with_context(self, files: Iterable[Probed], parts: Roles) -> Iterator[ImageFrame]:
        for one in files:
            related = parts.related.get(one.name)
            for frame in one.frames:
                yield msgspec.structs.replace(frame, meta={"related_images": list(related)}) if related else frame

    def _due(self, found: Sorted) -> float | None:
        odd = [
            self.rule.stable - (self._clock.now() - seen.since)
            for name in found.ready
            if (seen := self._waiting.get(name)) and seen.is_odd
        ]
        return min((max(0.0, one) for one in (found.due, *odd) if one is not None), default=None)


def _elsewhere(manifest: Manifest, data: DataSpec, number: int) -> str:
    image = manifest.images[number]
    return (
        f"It is the picture of frame {number}, {image.path}, whose folder {data.sources[image.source].path} is not on "
        "this machine: say where it is with cvat media map."
    )

"""Telling a workspace where its media lie on this machine: looked at before it is believed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cvatcore.errors import InvalidInput, NotFound
from cvatcore.media import MapRule, MediaMap, located
from cvatcore.media.mapping import is_below, is_of_windows, plain_path, write_map
from cvatcore.schema import DataSpec, Manifest
from cvatcore.validate.finding import Finding
from cvatcore.validate.media import check_media
from cvatcore.validate.rules import MISSING_MEDIA

if TYPE_CHECKING:
    from cvatcore.workspace.task import TaskView
    from cvatcore.workspace.workspace import Workspace

_NAMED = 5
"""Files that a message names."""


class SourceCheck(msgspec.Struct, frozen=True):
    """One source of a task, compared with what lies where a rule says that it is."""

    task: int
    name: str
    """Of the task."""
    path: str
    """As task.json has it."""
    place: str
    """Where the rule says that it is."""
    files: int
    """Pictures, or the one video, that the task has of it."""
    by_checksum: int
    """Those of them whose checksum is known and was compared; of others the length and the size in pixels were."""
    missing: tuple[str, ...] = ()
    """Sentences: which are not there."""
    differing: tuple[str, ...] = ()
    """Sentences: which are there and are something else."""

    @property
    def is_well(self) -> bool:
        """Whether all are there and are what the task was made of."""
        return not (self.missing or self.differing)


class MapReport(msgspec.Struct, frozen=True):
    """What a rule is for, and whether it is true."""

    rule: MapRule
    sources: tuple[SourceCheck, ...]
    written: bool
    """Whether it holds from now on."""

    @property
    def is_well(self) -> bool:
        """Whether all media are where it says."""
        return all(source.is_well for source in self.sources)


def map_media(
    workspace: Workspace,
    origin: str,
    target: Path | str,
    *,
    task: int = 0,
    force: bool = False,
    dry_run: bool = False,
) -> MapReport:
    """Say that media whose path begins with `origin` lie below `target` on this machine.

    Every picture of every task that this is for is looked at first: whether it is there and as long as it was, and has
    the checksum that the manifest has; without one, the size in pixels. Only `.cvat/media.toml` is written.

    Args:
        workspace: the workspace.
        origin: a path as task.json has it, or its beginning up to a slash; of whatever system.
        target: the file or folder of this machine.
        task: the id of the only task that it is for; 0 for all.
        force: write the rule even where the media do not match, or no task has any there.
        dry_run: look only.

    Errors: NotFound when nothing is at `target` or no task has media below `origin`; InvalidInput when they do not
    match, with the files: then nothing is changed.
    """
    place = Path(os.path.abspath(Path(target).expanduser()))
    if not place.exists() and not force:
        raise NotFound(f"There is no file or folder {place}.", hint="Give the place where the media lie now.")
    rule = MapRule(origin=_origin(workspace, origin, task=task, strict=not force), target=place.as_posix(), task=task)
    known = workspace.media_map
    others = tuple(old for old in known.map if not _is_same(old, rule))
    wanted = MediaMap(map=(*others, rule))
    report = MapReport(rule=rule, sources=tuple(_checks(workspace, wanted, rule)), written=not dry_run)
    if not report.is_well and not force:
        raise InvalidInput(_refusal(report), hint="Check the place, or map all the same with --force.")
    if not dry_run:
        write_map(workspace.root, wanted.map)
    return report


def unmap_media(workspace: Workspace, origin: str, *, task: int = 0) -> MapRule:
    """Drop a rule, and return it.

    Errors: NotFound with the rules that there are.
    """
    known = workspace.media_map.map
    for text in _spellings(workspace, origin):
        for rule in known:
            if rule.task == task and _is_same_path(rule.origin, text):
                write_map(workspace.root, (other for other in known if other is not rule))
                return rule
    rules = ", ".join(f"{rule.origin}{f' (task {rule.task})' if rule.task else ''}" for rule in known)
    raise NotFound(f"{origin} is not mapped.", hint=f"Mapped are: {rules}." if rules else "Nothing is mapped.")


def _origin(workspace: Workspace, text: str, *, task: int, strict: bool) -> str:
    """The beginning of a path as the tasks have it: given so, or as a path of this machine."""
    if not text:
        raise InvalidInput("The path to map from is empty.", hint="See the paths with: cvat media ls.")
    spellings = list(_spellings(workspace, text))
    paths = sorted({source.path for view in _tasks(workspace, task) for source in view.document.data.sources})
    for spelling in spellings:
        if any(is_below(path, spelling) for path in paths):
            return spelling
    if not strict:
        return spellings[0]
    of = f"Task {task} has no" if task else "No task has"
    shown = ", ".join(paths[:_NAMED]) + (" …" if len(paths) > _NAMED else "")
    raise NotFound(f"{of} media below {text}.", hint=f"Their paths are: {shown}." if paths else "There are no media.")


def _spellings(workspace: Workspace, text: str) -> Iterator[str]:
    """The forms in which a task may have a path that a person gives."""
    yield plain_path(text)
    if not is_of_windows(text) or os.name == "nt":
        here = Path(os.path.abspath(Path(text).expanduser()))
        if here.is_relative_to(workspace.root):
            yield here.relative_to(workspace.root).as_posix()
        yield plain_path(here.as_posix())


def _tasks(workspace: Workspace, task: int) -> Iterable[TaskView]:
    return [workspace.tasks[task]] if task else workspace.tasks


def _is_same(old: MapRule, new: MapRule) -> bool:
    return old.task == new.task and _is_same_path(old.origin, new.origin)


def _is_same_path(one: str, other: str) -> bool:
    return is_below(one, other) and is_below(other, one)


def _checks(workspace: Workspace, wanted: MediaMap, rule: MapRule) -> Iterator[SourceCheck]:
    for view in _tasks(workspace, rule.task):
        document = view.document
        mine = [
            number
            for number, source in enumerate(document.data.sources)
            if wanted.rule_for(source.path, task=view.id) is rule
        ]
        if not mine:
            continue
        here = located(document.data, wanted, task=view.id)
        for number in mine:
            yield _check(view, document.name, document.data, here, number=number)


def _check(view: TaskView, name: str, data: DataSpec, here: DataSpec, *, number: int) -> SourceCheck:
    manifest = view.manifest
    images = tuple(image for image in manifest.images if image.source == number)
    only = manifest if manifest.video else Manifest(images=images)
    lines = [1] if manifest.video else list(range(1, len(images) + 1))
    findings = list(check_media(here, only, root=view.workspace.root, path="manifest.jsonl", lines=lines))
    # The pages of a file are several frames.
    files = {"": manifest.video.checksum} if manifest.video else {image.file: image.checksum for image in images}
    return SourceCheck(
        task=view.id,
        name=name,
        path=data.sources[number].path,
        place=here.sources[number].path,
        files=len(files),
        by_checksum=sum(map(bool, files.values())),
        missing=_messages(finding for finding in findings if finding.rule == MISSING_MEDIA.id),
        differing=_messages(finding for finding in findings if finding.rule != MISSING_MEDIA.id),
    )


def _messages(findings: Iterable[Finding]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(finding.message for finding in findings))


def _refusal(report: MapReport) -> str:
    parts = []
    for source in report.sources:
        wrong = [*source.differing, *source.missing]
        if wrong:
            more = f" And {len(wrong) - _NAMED} more." if len(wrong) > _NAMED else ""
            parts.append(
                f"{len(wrong)} of {source.files} files of task {source.task} ({source.name}) do not match in "
                f"{source.place}: {' '.join(wrong[:_NAMED])}{more}"
            )
    return " ".join(parts)

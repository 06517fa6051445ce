"""The page: one HTML file without anything from elsewhere. All text in it is escaped, and no script but ours runs."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cvatcore.store.files import replace_file
from cvattui.cli.diff_words import document_lines, object_line
from cvattui.cli.progress import ProgressBar
from cvattui.page.drawing import svg_of
from cvattui.page.frames import ChangedFrame, Drawn, changed_frames
from cvattui.page.pictures import FramePicture, frame_pictures, label_colors

if TYPE_CHECKING:
    from cvatcore import Workspace
    from cvatcore.merge.diff import LabelCounts
    from cvatcore.store.past import CommitInfo
    from cvatcore.workspace.history.differing import WorkspaceDiff

_DRAWN = 400
"""Objects that are drawn on one frame; what changed most comes first."""

_DOCUMENTS = 500
"""Lines on documents."""

_SIGNS = {"added": "+", "changed": "~", "removed": "-"}


class PageReport(msgspec.Struct, frozen=True):
    """What a page shows."""

    frames: int
    left_out: int
    """Frames that differ and are not shown."""


def write_page(workspace: Workspace, diff: WorkspaceDiff, path: Path, *, limit: int) -> PageReport:
    """Write the page of a difference. At most `limit` frames (0: all) are shown, those that changed most.

    Errors: StorageFailed.
    """
    frames = changed_frames(diff)
    shown = frames[:limit] if limit else frames
    with ProgressBar("Drawing") as progress:
        pictures = frame_pictures(workspace, diff, shown, progress=progress)
    sides = [_side(workspace.past.commit(commit) if commit else None) for commit in (diff.before, diff.after)]
    page = render_page(
        diff,
        shown,
        pictures,
        colors=label_colors(workspace, diff),
        title=workspace.settings.name,
        sides=sides,
        left_out=len(frames) - len(shown),
    )
    replace_file(path, page.encode(), durable=False)
    return PageReport(frames=len(shown), left_out=len(frames) - len(shown))


def render_page(
    diff: WorkspaceDiff,
    frames: Sequence[ChangedFrame],
    pictures: Mapping[tuple[int, int], FramePicture],
    *,
    colors: Mapping[str, str],
    title: str,
    sides: Sequence[str],
    left_out: int = 0,
) -> str:
    """The text of the page.

    Args:
        diff: what differs.
        frames: what is shown of it, in this order.
        pictures: those of the frames, by task and frame.
        colors: by the names of labels, as `#rrggbb`.
        title: the name of the workspace.
        sides: in words, what is before and what is after.
        left_out: how many frames differ and are not shown.
    """
    labels = diff.labels
    numbers = {row.label: number for number, row in enumerate(labels)}
    names = {task.task: task.name for task in diff.tasks}
    # A label that something had before and nothing has now is none of the rows.
    look = _Look(numbers, colors)
    style, script = _part("page.css"), _part("page.js")
    sources = {key: f"p{number}" for number, key in enumerate(pictures)}
    style += "".join(
        f".{sources[key]} {{ background-image: url({picture.uri}); }}\n"
        for key, picture in pictures.items()
        if picture.uri
    )
    cards = "".join(
        _card(
            frame, names.get(frame.task, ""), pictures[frame.task, frame.frame], sources[frame.task, frame.frame], look
        )
        for frame in frames
    )
    policy = f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{_hash(script)}'"
    more = f" {left_out:,} more frames differ and are left out (<code>--limit</code>)." if left_out else ""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}: what differs</title>
<style>
{style}</style>
</head>
<body>
<header>
<div>
<h1>{escape(title)}</h1>
<p><span class="faint">before</span> {sides[0]}</p>
<p><span class="faint">after</span> {sides[1]}</p>
</div>
<button id="theme" type="button">Light / dark</button>
</header>
<main>
<h2>Summary</h2>
<div class="tables">{_label_table(labels, look)}{_task_table(diff)}</div>
{_documents(diff)}{_unreadable(diff)}
<h2>Frames (<span id="shown">{len(frames)}</span>)</h2>
<p class="faint">Those that changed most come first.{more}</p>
<div class="legend">{_legend()}</div>
{cards or '<p class="faint">No frame differs.</p>'}
</main>
<script>{script}</script>
</body>
</html>
"""


class _Look(msgspec.Struct, frozen=True):
    """Numbers and colours of labels."""

    numbers: Mapping[str, int]
    colors: Mapping[str, str]

    def chip(self, label: str) -> str:
        return f'<span class="chip" style="background:{self.colors[label]}"></span>'

    def of(self, drawn: Drawn) -> str:
        label = drawn.diff.label
        return f'data-of="{self.numbers[label]}" data-object="{drawn.diff.id}"'

    def color(self, drawn: Drawn) -> str:
        return f'style="--label:{self.colors[drawn.diff.label]}"'


def _card(frame: ChangedFrame, task: str, picture: FramePicture, source: str, look: _Look) -> str:
    chosen = sorted(frame.drawn, key=lambda one: -one.weight)[:_DRAWN]
    hidden = len(frame.drawn) - len(chosen)
    place = f"{escape(task)} · job {frame.job} · frame {frame.frame}"
    name = f'<span class="faint">{escape(picture.name)}</span>' if picture.name else ""
    before = "".join(_group(one, look, side="before", picture=picture) for one in chosen)
    after = "".join(
        _group(one, look, side="before", picture=picture, ghost=True) + _group(one, look, side="after", picture=picture)
        for one in chosen
    )
    lines = "".join(_line(drawn, look) for drawn in _once(chosen))
    more = f'<p class="faint">{hidden:,} more objects differ here and are left out.</p>' if hidden else ""
    return (
        f'<section class="card"><div class="bar"><h3>{place}</h3>{name}</div><div class="pair">'
        f"{_figure('Before', before, picture, source)}{_figure('After', after, picture, source)}</div>"
        f'<ul class="objects">{lines}</ul>{more}</section>\n'
    )


def _figure(title: str, shapes: str, picture: FramePicture, source: str) -> str:
    missing = "" if picture.uri else '<span class="missing">The picture is not on this machine.</span>'
    wide = f"aspect-ratio:{picture.width}/{picture.height};max-width:calc(70vh * {picture.width} / {picture.height})"
    return (
        f'<figure><figcaption>{title}</figcaption><div class="picture {source}" style="{wide}">{missing}'
        f'<svg viewBox="0 0 {picture.width} {picture.height}">{shapes}</svg></div></figure>'
    )


def _group(drawn: Drawn, look: _Look, *, side: str, picture: FramePicture, ghost: bool = False) -> str:
    shape = drawn.before if side == "before" else drawn.after
    if shape is None or (ghost and drawn.status != "changed"):
        return ""
    inside = svg_of(shape, width=picture.width, height=picture.height)
    if not inside:
        return ""
    kind = drawn.status if drawn.status != "changed" else "was" if side == "before" else "now"
    said = escape(object_line(drawn.diff))
    more = " ghost" if ghost else ""
    return f'<g class="{kind}{more}" {look.of(drawn)} {look.color(drawn)}><title>{said}</title>{inside}</g>'


def _line(drawn: Drawn, look: _Look) -> str:
    sign, status = _SIGNS[drawn.status], drawn.status
    said = escape(object_line(drawn.diff)[2:])
    return (
        f'<li {look.of(drawn)}><span class="sign sign-{status}">{sign}</span>{look.chip(drawn.diff.label)}{said}</li>'
    )


def _once(drawn: Iterable[Drawn]) -> Iterator[Drawn]:
    """An object once, however many of its joints differ."""
    seen: set[int] = set()
    for one in drawn:
        if one.diff.id not in seen:
            seen.add(one.diff.id)
            yield one


def _label_table(labels: Sequence[LabelCounts], look: _Look) -> str:
    if not labels:
        return '<p class="faint">No object differs.</p>'
    rows = "".join(
        f'<tr><td><label><input type="checkbox" checked data-label="{look.numbers[row.label]}"> '
        f"{look.chip(row.label)}{escape(row.label)}</label></td>{_counts(row.added, row.changed, row.removed)}</tr>"
        for row in labels
    )
    sums = _counts(*(sum(getattr(row, name) for row in labels) for name in ("added", "changed", "removed")))
    return (
        f"<table><thead><tr><th>Label</th>{_COUNTS_HEAD}</tr></thead><tbody>{rows}</tbody>"
        f"<tfoot><tr><td>all</td>{sums}</tr></tfoot></table>"
    )


_COUNTS_HEAD = '<th class="count">added</th><th class="count">changed</th><th class="count">removed</th>'


def _task_table(diff: WorkspaceDiff) -> str:
    rows = ""
    for task in diff.tasks:
        for job in task.jobs:
            counts = {status: sum(one.status == status for one in job.objects) for status in _SIGNS}
            name = f"{task.task}, {escape(task.name)}" + ("" if task.status == "changed" else f" ({task.status})")
            rows += f"<tr><td>{name}</td><td>{job.job}</td>{_counts(*counts.values())}</tr>"
    if not rows:
        return ""
    return f"<table><thead><tr><th>Task</th><th>Job</th>{_COUNTS_HEAD}</tr></thead><tbody>{rows}</tbody></table>"


def _counts(*numbers: int) -> str:
    return "".join(f'<td class="count">{number or "·"}</td>' for number in numbers)


def _documents(diff: WorkspaceDiff) -> str:
    lines = [line for document in diff.documents for line in document_lines(document)]
    for task in diff.tasks:
        lines += [f"{line[:2]}task {task.task}, {line[2:]}" for one in task.documents for line in document_lines(one)]
    if not lines:
        return ""
    shown = "".join(f"<li>{escape(line)}</li>" for line in lines[:_DOCUMENTS])
    more = f"<li>{len(lines) - _DOCUMENTS:,} more</li>" if len(lines) > _DOCUMENTS else ""
    return f'<h2>Documents</h2><ul class="objects">{shown}{more}</ul>'


def _unreadable(diff: WorkspaceDiff) -> str:
    if not diff.unreadable:
        return ""
    lines = "".join(
        f"<li>{escape(one.path)}:{one.line} ({one.side}): {escape(one.reason)}</li>" for one in diff.unreadable
    )
    return f'<h2>Left out, as it cannot be read</h2><ul class="objects">{lines}</ul>'


def _legend() -> str:
    kinds = {"--gone": "removed", "--new": "added", "--was": "changed: before", "--now": "changed: after"}
    lines = "".join(
        f'<span><i style="border-color:var({color});border-top-style:{"dashed" if color == "--was" else "solid"}"></i>'
        f"{words}</span>"
        for color, words in kinds.items()
    )
    return f"{lines}<span>filled in the colours of the labels</span>"


def _side(commit: CommitInfo | None) -> str:
    """A side in words, as HTML."""
    if commit is None:
        return "the files as they are now"
    when = datetime.fromtimestamp(commit.time, timezone(timedelta(minutes=commit.offset)))
    said = f"{commit.subject}, by {commit.author.name}, {when:%Y-%m-%d %H:%M}"
    return f"<code>{escape(commit.id[:10])}</code> {escape(said)}"


def _part(name: str) -> str:
    return files("cvattui.page").joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

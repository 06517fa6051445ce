"""The one screen: tasks beside their jobs, filters, and the keys that change jobs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar, Literal, cast, get_args

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Footer, Input, Static

from cvatcore.protocol import JobPatch, JobRead, TaskRead, UnreadableRead
from cvatcore.schema import JobStage, JobState
from cvattui.app import cells
from cvattui.app.dialogs import ChoiceDialog
from cvattui.app.table import Listing

if TYPE_CHECKING:
    from cvattui.app.application import CvatApp

ALL = "all"
"""The key of the row that stands for all tasks."""

_NOBODY = "-"

Pane = Literal["tasks", "jobs"]

JOB_HEADS = (" ", "JOB", "FRAMES", "STAGE", "STATE", "ASSIGNEE")

MOST_ROWS = 1000
"""Rows that a table shows; a filter finds the others. More would make the screen wait."""

NO_TASKS = "There are no tasks yet.\n\nMake one:  cvat task create NAME --labels car,person --data PATH"


NO_JOBS = "No jobs here."


class BoardScreen(Screen[None]):
    """Tasks and jobs, live."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (150, "-wide")]  # noqa: RUF012  typed by Textual

    BINDINGS: ClassVar[list[BindingType]] = [
        # Priority: these run before the next key is handed out, so that fast typing reaches what they open.
        Binding("s", "set_state", "State", priority=True),
        Binding("g", "set_stage", "Stage", priority=True),
        Binding("a", "assign", "Assign", priority=True),
        Binding("o", "open", "Open"),
        Binding("c", "app.conflicts", "Conflicts"),
        Binding("u", "app.operations", "Operations"),
        Binding("space", "mark", "Mark", show=False),
        Binding("slash", "filter", "Filter", key_display="/", priority=True),
        Binding("z", "app.undo", "Undo"),
        Binding("Z", "app.redo", "Redo", show=False),
        Binding("r", "app.refresh", "Refresh", show=False),
        Binding("y", "app.sync", "Sync", show=False),
        Binding("tab", "other_pane", "Pane", show=False),
        Binding("h,left", "to_tasks", "Tasks", show=False),
        Binding("l,right", "to_jobs", "Jobs", show=False),
        Binding("enter", "to_jobs", "Jobs", show=False),
        Binding("escape", "back", "Back", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.marked: set[int] = set()
        """Jobs that the next change is for, beside the one under the cursor."""
        self._words: dict[Pane, str] = {"tasks": "", "jobs": ""}

    @property
    def _cvat(self) -> CvatApp:
        return cast("CvatApp", self.app)

    def compose(self) -> ComposeResult:
        """A line on top, two panes, the keys."""
        with Horizontal(id="top"):
            yield Static(id="where")
            yield Static(id="live")
        with Container(id="panes"):
            with Vertical(id="tasks-pane", classes="pane"):
                yield Listing("ID", "TASK", "FRAMES", "ACCEPTED", "STATUS", id="tasks")
                yield Static(NO_TASKS, classes="hint", markup=False)
                yield Input(placeholder="filter tasks", id="tasks-filter", classes="filter", compact=True)
            with Vertical(id="jobs-pane", classes="pane"):
                yield Listing(*JOB_HEADS, "AGE", id="jobs")
                yield Static(NO_JOBS, classes="hint", markup=False)
                yield Input(placeholder="filter jobs", id="jobs-filter", classes="filter", compact=True)
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Start in the tasks."""
        for box in self.query(Input):
            box.display = False
        self._listing("tasks").focus()
        self.show_board()
        # Ages grow by themselves.
        self.set_interval(30, self.show_board)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In a filter that is being typed, letters are letters."""
        return not (isinstance(self.focused, Input) and action in {"set_state", "set_stage", "assign", "filter"})

    # --- what is shown -------------------------------------------------------------------------------------------

    def show_board(self) -> None:
        """Show what the board has now."""
        board = self._cvat.board
        tasks = board.find_tasks(self._words["tasks"])[:MOST_ROWS]
        broken = board.find_unreadable(self._words["tasks"])
        found = {task.id: _task_row(task) for task in tasks} | {one.task_id: _unreadable_row(one) for one in broken}
        rows = {str(number): found[number] for number in sorted(found)}
        if len(board.tasks) > 1 and not self._words["tasks"]:
            rows[ALL] = _row_of_all(len(board.jobs))
        listing = self._listing("tasks")
        listing.show(rows)
        self._title("tasks", shown=len(rows) - (ALL in rows), total=len(board.tasks) + len(board.unreadable))
        # Before the first answer nothing is known, which is not the same as nothing there.
        nothing = board.session is not None and not (board.tasks or board.unreadable)
        self.query_one("#tasks-pane").set_class(nothing, "-empty")
        self._show_jobs()
        self.show_top()

    def show_top(self) -> None:
        """Show where we are, and whether it is live and saved."""
        where, live = self._cvat.top_line()
        self.query_one("#where", Static).update(where)
        self.query_one("#live", Static).update(live)

    def _show_jobs(self) -> None:
        board, task = self._cvat.board, self.task_id
        shown = task is not None or self._listing("tasks").current == ALL
        jobs = [] if not shown else board.find_jobs(task=task, words=self._words["jobs"])[:MOST_ROWS]
        self.marked &= set(board.jobs)
        rows = {}
        for job in jobs:
            last = cells.age(job.updated_date) if task else cells.plain(board.task_name(job), widest=16)
            rows[str(job.id)] = (*_job_row(job, marked=job.id in self.marked), last)
        self._listing("jobs").show(rows, heads=(*JOB_HEADS, "AGE" if task else "TASK"))
        total = len(board.find_jobs(task=task)) if shown else 0
        self._title("jobs", shown=len(jobs), total=total)
        why = board.unreadable.get(task) if task is not None else None
        said = "\n\n".join(cells.plain(part).plain for part in ((why.detail, why.hint) if why else (NO_JOBS,)))
        self.query_one("#jobs-pane .hint", Static).update(said)
        self.query_one("#jobs-pane").set_class(board.session is not None and not jobs, "-empty")

    def _title(self, pane: Pane, *, shown: int, total: int) -> None:
        box = self.query_one(f"#{pane}-pane")
        name = pane.capitalize()
        board = self._cvat.board
        if pane == "jobs" and self.task_id is not None and (task := board.tasks.get(self.task_id)):
            name = f"Jobs of {cells.plain(task.name, widest=40).plain}"
        count = str(total) if shown == total else f"{shown} of {total}"
        marks = f" · {len(self.marked)} marked" if pane == "jobs" and self.marked else ""
        box.border_title = Text(f"{name} {count}{marks}").markup
        box.border_subtitle = Text(f"/{self._words[pane]}").markup if self._words[pane] else ""

    def _listing(self, pane: Pane) -> Listing:
        return self.query_one(f"#{pane}", Listing)

    # --- where we are --------------------------------------------------------------------------------------------

    @property
    def task_id(self) -> int | None:
        """The task under the cursor; None for all."""
        current = self._listing("tasks").current
        return int(current) if current not in (None, ALL) else None

    @property
    def chosen(self) -> list[JobRead]:
        """The jobs that a key is for: the marked ones, else the one under the cursor."""
        board = self._cvat.board
        if self.marked:
            return [board.jobs[number] for number in sorted(self.marked) if number in board.jobs]
        current = self._listing("jobs").current
        job = board.jobs.get(int(current)) if current else None
        return [job] if job else []

    @property
    def pane(self) -> Pane:
        """The pane that has the keys."""
        return "jobs" if self.query_one("#jobs-pane").has_focus_within else "tasks"

    @on(Listing.RowHighlighted, "#tasks")
    def follow_task(self) -> None:
        """Show the jobs of the task under the cursor."""
        self._show_jobs()

    @on(Listing.RowSelected)
    def enter_row(self, event: Listing.RowSelected) -> None:
        """Enter goes from a task to its jobs, and from a job to the browser."""
        if event.data_table.id == "tasks":
            self.action_to_jobs()
        else:
            self.action_open()

    def action_other_pane(self) -> None:
        """Go to the other pane."""
        self._listing("tasks" if self.pane == "jobs" else "jobs").focus()

    def action_to_tasks(self) -> None:
        """Go to the tasks."""
        self._listing("tasks").focus()

    def action_to_jobs(self) -> None:
        """Go to the jobs."""
        self._listing("jobs").focus()

    # --- filter --------------------------------------------------------------------------------------------------

    def action_filter(self) -> None:
        """Filter the pane that has the keys."""
        box = self.query_one(f"#{self.pane}-filter", Input)
        box.display = True
        # At once, not when the screen is idle: what is typed next belongs into it.
        self.set_focus(box)

    @on(Input.Changed)
    def filter_changed(self, event: Input.Changed) -> None:
        """Show what fits while it is typed."""
        self._words[_pane_of(event.input)] = event.value
        self.show_board()

    @on(Input.Submitted)
    def filter_kept(self, event: Input.Submitted) -> None:
        """Enter keeps the filter and goes back to the rows."""
        event.input.display = False
        self._listing(_pane_of(event.input)).focus()

    def action_back(self) -> None:
        """Escape drops the filter, then the marks, then goes to the tasks."""
        pane = self.pane
        box = self.query_one(f"#{pane}-filter", Input)
        if box.display or self._words[pane]:
            box.display = False
            box.value = ""
            self._listing(pane).focus()
        elif self.marked:
            self.marked.clear()
            self._show_jobs()
        else:
            self.action_to_tasks()

    # --- changing jobs -------------------------------------------------------------------------------------------

    def action_mark(self) -> None:
        """Mark the job under the cursor for the next change, or take its mark off."""
        listing = self._listing("jobs")
        if self.pane == "jobs" and listing.current:
            self.marked ^= {int(listing.current)}
            self._show_jobs()
            listing.action_cursor_down()

    async def action_set_state(self) -> None:
        """Ask for a state, and set it."""
        options = [(value, cells.state(value)) for value in get_args(JobState)]
        await self._ask(
            "State", options, current=lambda job: job.state, change=lambda key: JobPatch(state=_as_state(key))
        )

    async def action_set_stage(self) -> None:
        """Ask for a stage, and set it; the state starts at new, as in CVAT."""
        options = [(value, cells.stage(value)) for value in get_args(JobStage)]
        await self._ask(
            "Stage", options, current=lambda job: job.stage, change=lambda key: JobPatch(stage=_as_stage(key))
        )

    async def action_assign(self) -> None:
        """Ask for a person, and give them the job."""
        options = [(str(user.id), cells.plain(user.username)) for user in self._cvat.board.users]
        options.append((_NOBODY, cells.person(None).append(" nobody")))
        await self._ask(
            "Assignee",
            options,
            current=lambda job: str(job.assignee.id) if job.assignee else _NOBODY,
            change=lambda key: JobPatch(assignee=None if key == _NOBODY else int(key)),
        )

    def action_open(self) -> None:
        """Open the job under the cursor in the browser, or the task."""
        jobs = self._listing("jobs").current
        board = self._cvat.board
        if self.pane == "jobs" and jobs and (job := board.jobs.get(int(jobs))):
            self._cvat.open_page(f"/tasks/{job.task_id}/jobs/{job.id}")
        else:
            self._cvat.open_page("/" if self.task_id is None else f"/tasks/{self.task_id}")

    async def _ask(
        self,
        title: str,
        options: Sequence[tuple[str, Text]],
        *,
        current: Callable[[JobRead], str],
        change: Callable[[str], JobPatch],
    ) -> None:
        jobs = self.chosen
        if not jobs:
            self.notify("There is no job to change here.", severity="warning")
            return

        def chosen(key: str | None) -> None:
            if key is not None:
                self.marked.clear()
                self._cvat.change_jobs(jobs, change(key))

        of = f"job {jobs[0].id}" if len(jobs) == 1 else f"{len(jobs)} jobs"
        await self.app.push_screen(ChoiceDialog(f"{title} of {of}", options, current=current(jobs[0])), chosen)


def _task_row(task: TaskRead) -> tuple[Text, ...]:
    return (
        cells.identifier(task.id),
        cells.plain(task.name, widest=32),
        cells.number(task.size or 0),
        cells.progress(task.jobs),
        cells.status(task.status),
    )


def _unreadable_row(one: UnreadableRead) -> tuple[Text, ...]:
    place = f"{one.path}:{one.line}" if one.line else one.path
    return cells.identifier(one.task_id), cells.plain(place, widest=32), Text(), Text(), cells.unreadable()


def _row_of_all(jobs: int) -> tuple[Text, ...]:
    return (Text(), Text("all tasks", style="italic"), Text(), Text(f"{jobs:,} jobs"), Text())


def _job_row(job: JobRead, *, marked: bool) -> tuple[Text, ...]:
    return (
        Text("▌" if marked else " ", style="#c9952b"),
        cells.identifier(job.id),
        Text(f"{job.start_frame}–{job.stop_frame}", justify="right", end=""),
        cells.stage(job.stage),
        cells.state(job.state),
        cells.person(job.assignee),
    )


def _as_state(key: str) -> JobState:
    return cast("JobState", key)


def _as_stage(key: str) -> JobStage:
    return cast("JobStage", key)


def _pane_of(box: Input) -> Pane:
    return "tasks" if box.id == "tasks-filter" else "jobs"

"""What the terminal UI knows, how it looks, and what it can take back; without a terminal."""

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.protocol import BasicUser, JobRead, JobsSummary, Summary, TaskRead
from cvattui.app import cells
from cvattui.app.board import Board, Patch
from cvattui.app.undo import Change, UndoStack, full_patch, is_as

ANN = BasicUser(url="", id=7, username="ann", first_name="Ann", last_name="")


def job(number: int, *, task: int = 1, **more: object) -> JobRead:
    fields: dict[str, object] = {
        "url": "",
        "id": number,
        "task_id": task,
        "project_id": None,
        "assignee": None,
        "guide_id": None,
        "dimension": "2d",
        "bug_tracker": None,
        "status": "annotation",
        "stage": "annotation",
        "state": "new",
        "mode": "annotation",
        "frame_count": 10,
        "start_frame": 0,
        "stop_frame": 9,
        "data_chunk_size": None,
        "data_compressed_chunk_type": "imageset",
        "created_date": "2024-01-01T00:00:00Z",
        "updated_date": "2024-01-01T00:00:00Z",
        "issues": Summary(count=0, url=""),
        "labels": Summary(count=0, url=""),
        "type": "annotation",
    }
    return msgspec.convert(msgspec.to_builtins(fields | more), JobRead)


def task(number: int, name: str) -> TaskRead:
    return TaskRead(
        url="",
        id=number,
        name=name,
        project_id=None,
        mode="annotation",
        owner=None,
        assignee=None,
        bug_tracker="",
        created_date="",
        updated_date="",
        overlap=0,
        segment_size=0,
        status="annotation",
        data_chunk_size=None,
        data_compressed_chunk_type="imageset",
        guide_id=None,
        data_original_chunk_type="imageset",
        size=10,
        image_quality=70,
        data=number,
        dimension="2d",
        subset="",
        organization=None,
        target_storage=None,
        source_storage=None,
        jobs=JobsSummary(count=1, completed=0, validation=0, url=""),
        labels=Summary(count=0, url=""),
    )


@pytest.fixture
def board() -> Board:
    board = Board()
    board.apply(
        Patch(
            tasks=[task(1, "Street by day"), task(2, "street by night")],
            jobs=[job(1), job(2, state="completed", assignee=ANN), job(3, task=2, stage="validation")],
        )
    )
    return board


@pytest.mark.parametrize(
    ("words", "found"), [("", [1, 2]), ("street", [1, 2]), ("NIGHT street", [2]), ("day night", []), ("1", [1])]
)
def test_tasks_are_found_by_all_words(board: Board, words: str, found: list[int]) -> None:
    assert [task.id for task in board.find_tasks(words)] == found


@pytest.mark.parametrize(
    ("words", "found"), [("ann completed", [2]), ("nobody", [1, 3]), ("validation", [3]), ("night", [3])]
)
def test_jobs_are_found_by_what_their_row_says(board: Board, words: str, found: list[int]) -> None:
    assert [job.id for job in board.find_jobs(task=None, words=words)] == found
    assert [job.id for job in board.find_jobs(task=1, words=words)] == [n for n in found if n != 3]


def test_a_task_that_is_gone_takes_its_jobs_along(board: Board) -> None:
    board.apply(Patch(gone=frozenset({1})))
    assert list(board.tasks) == [2]
    assert list(board.jobs) == [3]


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500))
def test_only_all_jobs_fill_the_bar(completed: int, validation: int, more: int) -> None:
    jobs = JobsSummary(count=completed + validation + more, completed=completed, validation=validation, url="")
    done, checked = cells.bar_cells(jobs)
    assert 0 <= done <= done + checked <= cells.BAR
    assert (done == cells.BAR) == (jobs.count > 0 and completed == jobs.count)
    assert len(cells.progress(jobs).plain.split(" ")[0]) == cells.BAR


@pytest.mark.parametrize(
    ("seconds", "word"), [(5, "now"), (65, "1 m"), (7300, "2 h"), (90_000, "1 d"), (700_000, "1 w"), (-3, "now")]
)
def test_ages_are_short(seconds: int, word: str) -> None:
    now = datetime(2024, 5, 1, tzinfo=UTC)
    then = datetime.fromtimestamp(now.timestamp() - seconds, UTC).isoformat().replace("+00:00", "Z")
    assert cells.age(then, now=now).plain == word
    assert cells.age("soon").plain == ""


def test_names_are_text_not_markup() -> None:
    assert cells.plain("[red]x[/] \x1b[1m").plain == "[red]x[/] �[1m"
    assert cells.plain("abcdef", widest=4).plain == "abc…"


def test_undo_and_redo_walk_through_the_steps() -> None:
    stack = UndoStack()
    one = (Change(before=job(1), after=job(1, state="completed")),)
    two = (Change(before=job(2), after=job(2, state="rejected")),)
    stack.record(one)
    stack.record(two)
    assert stack.undo() == (Change(before=two[0].after, after=two[0].before),)
    assert stack.redo() == two
    stack.undo()
    stack.undo()
    assert stack.undo() is None
    stack.record(two)
    assert stack.redo() is None


def test_a_job_is_as_before_whatever_its_dates() -> None:
    assert is_as(job(1, updated_date="2025-01-01T00:00:00Z"), job(1))
    assert not is_as(job(1, assignee=ANN), job(1))
    assert not is_as(None, job(1))
    assert full_patch(job(1, assignee=ANN)).assignee == 7

"""Issues and comments, from the workspace and its jobs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cvatcore import Workspace
from cvatcore.errors import InvalidDocument, InvalidInput, NotFound
from cvatcore.store import Author
from cvatcore.store.files import Stamp
from kit.tasks import labels, make_task, numbered_pictures

ANN = Author(name="ann", email="ann@example.org")


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """Two tasks of ten frames in two jobs each: jobs 1 and 2, and 3 and 4."""
    with Workspace.init(tmp_path / "w") as made:
        for name in ("street", "night"):
            make_task(made, numbered_pictures(10), labels=labels("car"), name=name, segment_size=5)
        yield made


def test_an_issue_is_a_file_and_a_commit(workspace: Workspace) -> None:
    head = workspace.store.history.head()
    issue = workspace.job(2).open_issue(7, "  no car ", position=[1, 2.5], author=ANN)
    assert (workspace.root / f"tasks/1/issues/{issue.id}.json").is_file()
    document = issue.document
    assert (document.job, document.frame, document.owner, document.position) == (2, 7, "ann", (1.0, 2.5))
    assert [(one.message, one.owner) for one in document.comments] == [("no car", "ann")]
    newest = next(iter(workspace.past.log(start=workspace.store.history.head())))
    assert workspace.store.history.head() != head
    assert (newest.subject, newest.author) == (f"street, job 2: issue {issue.id} on frame 7", ANN)


def test_ids_of_issues_and_comments_are_never_the_same(workspace: Workspace) -> None:
    job = workspace.job(1)
    first, second = job.open_issue(0, "a"), job.open_issue(1, "b")
    said = first.comment("c")
    numbers = [first.id, second.id, *(one.id for view in (first, second) for one in view.document.comments)]
    assert len(set(numbers)) == 5
    assert said.id in numbers


def test_lists_follow_task_and_job(workspace: Workspace) -> None:
    made = {number: workspace.job(number).open_issue(number, "look").id for number in (1, 2, 3)}
    assert [view.id for view in workspace.issues()] == sorted(made.values())
    assert [view.id for view in workspace.tasks["street"].issues] == [made[1], made[2]]
    assert [view.id for view in workspace.job(2).issues] == [made[2]]
    with pytest.raises(NotFound):
        workspace.issues(task=1, job=3)


def test_change_and_undo(workspace: Workspace) -> None:
    workspace.add_member("ann")
    issue = workspace.job(1).open_issue(0, "look")
    issue.update(position=[3, 4], assignee="ann")
    assert issue.resolve().resolved
    with pytest.raises(NotFound):
        issue.update(assignee="bob")
    workspace.undo()
    after = issue.document
    assert (after.resolved, after.position, after.assignee) == (False, (3.0, 4.0), "ann")
    head = workspace.store.history.head()
    issue.reopen()
    assert workspace.store.history.head() == head, "nothing differed"
    issue.delete()
    with pytest.raises(NotFound):
        issue.document  # noqa: B018  the read is what is tested
    workspace.undo()
    assert issue.document == after


def test_comments(workspace: Workspace) -> None:
    issue = workspace.job(1).open_issue(0, "look")
    said = issue.comment("it is a van")
    changed = issue.edit_comment(said.id, "it is a bus")
    assert changed.updated
    assert changed.created == said.created
    assert [one.message for one in issue.document.comments] == ["look", "it is a bus"]
    issue.delete_comment(said.id)
    assert [one.message for one in issue.document.comments] == ["look"]
    with pytest.raises(NotFound):
        issue.delete_comment(said.id)
    with pytest.raises(NotFound):
        issue.edit_comment(said.id, "x")


@pytest.mark.parametrize("message", ["", " \n", "x" * 65_537, "\ud800"])
def test_messages_that_are_none(workspace: Workspace, message: str) -> None:
    with pytest.raises(InvalidInput):
        workspace.job(1).open_issue(0, message)
    assert workspace.issues() == ()


@pytest.mark.parametrize("position", [[1.0], [1.0, float("nan")], [float("inf"), 0.0], [0.0] * 10_002])
def test_positions_that_are_none(workspace: Workspace, position: list[float]) -> None:
    issue = workspace.job(1).open_issue(0, "look")
    before = issue.document
    with pytest.raises(InvalidInput):
        issue.update(position=position)
    assert issue.document == before


@pytest.mark.parametrize("frame", [-1, 10])
def test_frames_that_the_task_does_not_have(workspace: Workspace, frame: int) -> None:
    with pytest.raises(InvalidInput):
        workspace.job(1).open_issue(frame, "look")


def test_a_number_is_found_without_reading_all_tasks(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    issue = workspace.job(3).open_issue(0, "look")
    comment = issue.document.comments[0].id
    with Workspace(workspace.root) as other:
        assert other.issue_of_comment(comment).id == issue.id
        looked: list[str] = []
        stamp, listing = other.store.files.stamp, other.store.files.listing

        def watched(path: str) -> Stamp:
            looked.append(path)
            return stamp(path)

        def listed(folder: str) -> object:
            looked.append(folder)
            return listing(folder)

        monkeypatch.setattr(other.store.files, "stamp", watched)
        monkeypatch.setattr(other.store.files, "listing", listed)
        assert other.issue(issue.id).id == issue.id
        assert other.issue_of_comment(comment).id == issue.id
        assert set(looked) == {issue.path}


def test_what_is_gone_or_new_on_the_disk_is_seen(workspace: Workspace) -> None:
    issue = workspace.job(1).open_issue(0, "look")
    comment = issue.document.comments[0].id
    assert workspace.issue(issue.id).document.frame == 0
    with Workspace(workspace.root) as other:
        other.issue(issue.id).delete()
        new = other.job(4).open_issue(1, "new")
    with pytest.raises(NotFound):
        workspace.issue(issue.id)
    with pytest.raises(NotFound):
        workspace.issue_of_comment(comment)
    assert workspace.issue_of_comment(new.document.comments[0].id).id == new.id


def test_a_broken_file_is_told(workspace: Workspace) -> None:
    issue = workspace.job(1).open_issue(0, "look")
    (workspace.root / "tasks/1/issues/5000.json").write_text('{"id":1}', encoding="utf-8")
    found, unreadable = workspace.read_issues()
    assert [one.document.id for one in found] == [issue.id]
    assert [one.path for one in unreadable] == ["tasks/1/issues/5000.json"]
    with pytest.raises(InvalidDocument):
        workspace.issues()


def test_the_past_is_read_and_not_written(workspace: Workspace) -> None:
    issue = workspace.job(1).open_issue(0, "look")
    commit = workspace.store.history.head()
    issue.delete()
    with workspace.at(commit) as then:
        assert then.issue(issue.id).document.comments[0].message == "look"
        with pytest.raises(InvalidInput):
            then.issue(issue.id).resolve()


def test_a_task_goes_with_its_issues_and_comes_back_with_them(workspace: Workspace) -> None:
    issue = workspace.job(1).open_issue(0, "look")
    workspace.tasks["street"].delete()
    with pytest.raises(NotFound):
        workspace.issue(issue.id)
    workspace.undo()
    assert workspace.issue(issue.id).document.frame == 0

"""The client against a real daemon, and what it makes of answers that are none."""

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import filelock
import msgspec
import pytest

from cvatcore import Workspace
from cvatcore.errors import InvalidInput, NotFound
from cvatcore.protocol import ChangeEvent, HelloEvent, JobPatch
from cvattui.client import DaemonClient, DaemonDiffers, DaemonLost, DaemonNote, parse_events, read_note
from cvattui.daemon import DaemonFailed, LocalDaemon
from kit.samples import photo


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("client") / "w"
    with Workspace.init(root) as workspace:
        workspace.create_task("day", labels=["car"], data=[photo("astronaut.png"), photo("camera.png")], segment_size=1)
    return root


@pytest.fixture(scope="module")
def client(root: Path) -> Iterator[DaemonClient]:
    with LocalDaemon(root) as daemon:
        yield daemon.connect()


def test_it_reads_what_is_there(client: DaemonClient, root: Path) -> None:
    assert client.session().workspace.path == str(root)
    assert [task.name for task in client.tasks().results] == ["day"]
    assert client.tasks(number=1).results[0].jobs.count == 2
    assert not client.tasks(number=9).results
    assert [job.id for job in client.jobs()] == [job.id for job in client.jobs(task=1)] == [1, 2]
    assert [user.username for user in client.users()] == ["test.person"]


def test_it_changes_jobs(client: DaemonClient, root: Path) -> None:
    assert client.change_job(1, JobPatch(state="completed", assignee=1)).state == "completed"
    with Workspace(root) as workspace:
        assert workspace.job(1).assignee == "test.person"
    assert client.change_job(1, JobPatch(assignee=None)).assignee is None


def test_refusals_are_typed_and_keep_the_daemons_words(client: DaemonClient) -> None:
    with pytest.raises(NotFound):
        client.job(99)
    with pytest.raises(InvalidInput, match="assignee"):
        client.change_job(1, JobPatch(assignee=4711))


def test_the_feed_says_hello_then_what_changes(client: DaemonClient) -> None:
    feed = client.events()
    assert isinstance(next(feed), HelloEvent)
    client.change_job(2, JobPatch(state="rejected"))
    event = next(feed)
    assert isinstance(event, ChangeEvent)
    assert (event.kind, event.task_id, event.job_id) == ("job", 1, 2)
    feed.close()


def test_a_wrong_token_is_a_lost_daemon(client: DaemonClient) -> None:
    stranger = DaemonClient(DaemonNote(url=client.note.url, token="wrong", pid=0))
    with pytest.raises(DaemonLost):
        stranger.tasks()
    with pytest.raises(DaemonLost):
        next(stranger.events())


def test_a_second_one_uses_the_daemon_that_runs(client: DaemonClient, root: Path) -> None:
    with LocalDaemon(root) as second:
        assert second.connect().note == client.note
        assert not second.is_ours
    assert client.tasks().results, "leaving does not end a daemon of somebody else"


def test_a_daemon_that_was_started_ends_with_its_user(tmp_path: Path) -> None:
    root = Workspace.init(tmp_path / "w").root
    with LocalDaemon(root) as daemon:
        client = daemon.connect()
        assert daemon.is_ours
        assert read_note(root) == client.note
    assert read_note(root) is None
    with pytest.raises(DaemonLost):
        client.tasks()


def test_a_daemon_that_cannot_start_says_why(tmp_path: Path) -> None:
    root = Workspace.init(tmp_path / "w").root
    (root / "cvat.toml").write_text('format = 99\nname = "later"\n', encoding="utf-8")
    with pytest.raises(DaemonFailed, match="format 99"), LocalDaemon(root) as daemon:
        daemon.connect()


class _Other(http.server.BaseHTTPRequestHandler):
    """A daemon of another version."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"something": "else"}')

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def test_a_daemon_of_another_version_is_named(tmp_path: Path) -> None:
    (tmp_path / ".cvat").mkdir()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Other) as server:
        note = DaemonNote(url=f"http://127.0.0.1:{server.server_port}", token="t", pid=4711)
        (tmp_path / ".cvat" / "daemon.json").write_bytes(msgspec.json.encode(note))
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            with pytest.raises(DaemonDiffers, match="4711") as refusal:
                LocalDaemon(tmp_path).connect()
        finally:
            server.shutdown()
            thread.join()
    assert refusal.value.hint == "Stop it with: kill 4711."


def test_a_daemon_that_is_ending_is_waited_for(tmp_path: Path) -> None:
    root = Workspace.init(tmp_path / "w").root
    place = filelock.FileLock(root / ".cvat" / "daemon.lock", thread_local=False)
    with place, LocalDaemon(root) as daemon:
        # It holds the place for a moment, and answers no more.
        timer = threading.Timer(1.0, lambda: place.release(force=True))
        timer.start()
        assert daemon.connect().session().workspace.path == str(root)
        timer.join()


def test_a_note_left_by_a_crash_is_no_daemon(tmp_path: Path) -> None:
    (tmp_path / ".cvat").mkdir()
    (tmp_path / ".cvat" / "daemon.json").write_text(
        '{"url": "http://127.0.0.1:9", "token": "t", "pid": 1}', encoding="utf-8"
    )
    assert LocalDaemon(tmp_path).find() is None
    (tmp_path / ".cvat" / "daemon.json").write_text('{"url"', encoding="utf-8")
    assert LocalDaemon(tmp_path).find() is None


def test_events_are_parsed_around_comments_and_strangers() -> None:
    lines = (
        b': alive\n\nevent: hello\ndata: {"instance": "a"}\n\n'
        b'event: weather\ndata: {}\n\nevent: change\ndata: {"kind": "moon"}\n\n'
        b'event: change\r\ndata: {"kind": "tasks"}\r\n\r\n'
    ).splitlines(keepends=True)
    assert list(parse_events(iter(lines))) == [HelloEvent(instance="a"), ChangeEvent(kind="tasks")]

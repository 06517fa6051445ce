"""Which files are complete, by what was seen and when."""

from collections.abc import Collection

from hypothesis import given
from hypothesis import strategies as st

from cvatcore.workspace.watching.deciding import Refused, Seen, Sorted, batch_size, sort_out
from cvatcore.workspace.watching.listing import FileStamp

STABLE = 2.0
DAY_NS = 1_800_000_000_000_000_000


def stamp(size: int = 10, *, at: float = 0.0) -> FileStamp:
    """A file that changed at a time of the test's clock."""
    when = DAY_NS + int(at * 1e9)
    return FileStamp(size, when, when)


def sort(
    files: dict[str, FileStamp],
    before: Sorted | None = None,
    *,
    now: float,
    known: Collection[str] = (),
    closed: Collection[str] = (),
    skew: float = 0.0,
) -> Sorted:
    return sort_out(
        files,
        known=known,
        before=before.waiting if before else {},
        refused=before.refused if before else {},
        closed=closed,
        now=now,
        today_ns=DAY_NS + int((now + skew) * 1e9),
        stable=STABLE,
    )


def test_a_file_is_complete_when_it_did_not_change_for_the_time() -> None:
    first = sort({"a.jpg": stamp(at=10)}, now=10)
    assert (first.ready, first.due) == ((), STABLE)
    assert sort({"a.jpg": stamp(at=10)}, first, now=11.5).due == 0.5
    grown = sort({"a.jpg": stamp(20, at=11.9)}, first, now=12)
    assert grown.ready == ()
    done = sort({"a.jpg": stamp(20, at=11.9)}, grown, now=14)
    assert (done.ready, done.quiet, done.due) == (("a.jpg",), frozenset(["a.jpg"]), None)


def test_one_that_came_with_an_old_time_is_complete_at_once() -> None:
    assert sort({"a.jpg": stamp(at=-100)}, now=10).ready == ("a.jpg",)


def test_the_clock_of_a_file_server_that_is_ahead_only_costs_time() -> None:
    first = sort({"a.jpg": stamp(at=3600)}, now=10)
    assert first.ready == ()
    assert sort({"a.jpg": stamp(at=3600)}, first, now=12).ready == ("a.jpg",)


def test_what_the_system_says_is_complete_is_not_waited_for() -> None:
    files = {"a.jpg": stamp(at=10)}
    told = sort(files, now=10, closed={"a.jpg"})
    assert (told.ready, told.quiet) == (("a.jpg",), frozenset())
    assert sort(files, sort(files, now=10), now=10.1, closed={"a.jpg"}).ready == ("a.jpg",)
    reopened = sort({"a.jpg": stamp(30, at=10.5)}, told, now=10.5)
    assert reopened.ready == ()


def test_a_closed_file_that_was_odd_waits_for_the_time() -> None:
    files = {"a.jpg": stamp(at=10)}
    odd = Sorted(
        ready=(),
        quiet=frozenset(),
        waiting={"a.jpg": Seen(stamp=files["a.jpg"], since=10, is_closed=True, is_odd=True)},
        refused={},
        due=None,
    )
    assert sort(files, odd, now=11).ready == ()
    assert sort(files, odd, now=12).quiet == {"a.jpg"}


def test_a_refused_file_is_looked_at_again_only_when_it_changes() -> None:
    refused = Sorted(
        ready=(), quiet=frozenset(), waiting={}, refused={"a.jpg": Refused(stamp=stamp(), reason="broken")}, due=None
    )
    same = sort({"a.jpg": stamp()}, refused, now=100)
    assert (same.ready, [*same.refused]) == ((), ["a.jpg"])
    other = sort({"a.jpg": stamp(11, at=50)}, refused, now=100)
    assert (other.ready, other.refused) == (("a.jpg",), {})


def test_frames_and_files_that_went_do_not_wait() -> None:
    before = sort({"a.jpg": stamp(at=10), "b.jpg": stamp(at=10)}, now=10)
    after = sort({"a.jpg": stamp(at=10)}, before, now=20, known={"a.jpg"})
    assert (after.ready, after.waiting) == ((), {})


@given(st.lists(st.tuples(st.floats(0.01, 3.0), st.integers(1, 3), st.booleans()), min_size=1, max_size=30))
def test_nothing_is_quiet_that_changed_within_the_time(steps: list[tuple[float, int, bool]]) -> None:
    """A writer that goes on and off, against one who knows when it wrote last."""
    now, wrote, size = 0.0, 0.0, 1
    state: Sorted | None = None
    for pause, more, writes in steps:
        now += pause
        if writes:
            size, wrote = size + more, now
        state = sort({"a.jpg": stamp(size, at=wrote)}, state, now=now)
        assert ("a.jpg" in state.quiet) == (now - wrote >= STABLE - 1e-6)
        assert state.due is None or abs(state.due - (STABLE - (now - wrote))) < 1e-6


def test_batches_cost_what_their_files_do() -> None:
    assert batch_size(0) == batch_size(5000) == 5000
    assert batch_size(20_000) == 20_000
    assert batch_size(10**7) == 50_000

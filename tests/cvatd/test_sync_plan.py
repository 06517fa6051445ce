from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from cvatcore.schema import SyncSettings
from cvatd.sync_plan import FIRST_PAUSE, LONGEST_PAUSE, Plan, is_automatic, seconds_left

OFF = SyncSettings()
EVERY_TEN = SyncSettings(interval_minutes=10)
ON_COMPLETION = SyncSettings(on_job_completion=True)


def test_it_is_off_unless_told() -> None:
    assert not is_automatic(OFF)
    assert seconds_left(Plan(since=0), OFF, now=1e9) is None
    assert seconds_left(Plan(since=0, failures=3), OFF, now=1e9) is None, "nobody wants it tried again"


def test_an_interval_begins_where_the_last_sync_ended() -> None:
    plan = Plan(since=100.0)
    assert seconds_left(plan, EVERY_TEN, now=100.0) == 600
    assert seconds_left(plan, EVERY_TEN, now=701.0) == -1
    assert seconds_left(plan.begun().ended(now=900.0, failed=False), EVERY_TEN, now=901.0) == 599


def test_asking_goes_before_everything_once() -> None:
    for settings in (OFF, EVERY_TEN, ON_COMPLETION):
        asked = Plan(since=0.0, failures=9).asked()
        assert seconds_left(asked, settings, now=0.0) == 0
        assert seconds_left(asked.begun(), settings, now=0.0) != 0


@given(st.integers(1, 60), st.sampled_from([EVERY_TEN, ON_COMPLETION, SyncSettings(interval_minutes=10_000)]))
def test_pauses_after_failures_grow_up_to_a_longest(failures: int, settings: SyncSettings) -> None:
    plan = Plan(since=0.0)
    pauses = []
    for _ in range(failures):
        plan = plan.begun().ended(now=50.0, failed=True)
        left = seconds_left(plan, settings, now=50.0)
        assert left is not None
        pauses.append(left)
    assert pauses[0] == FIRST_PAUSE
    assert all(later == min(2 * earlier, LONGEST_PAUSE) for earlier, later in itertools.pairwise(pauses))
    assert plan.ended(now=60.0, failed=False).failures == 0

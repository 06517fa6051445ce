"""What jobs hold, counted once: never stale, and no worse for a cache that is broken."""

import os
import time
from pathlib import Path

import pytest

from cvatcore import ChangeSet, JobView, Workspace
from cvatcore.workspace import job_facts as facts_module
from cvatcore.workspace.job_facts import count_facts, job_facts, jobs_holding
from kit.annotated import annotated, box, git, put


def aged(job: JobView) -> JobView:
    """A job whose files were changed a while ago."""
    then = time.time_ns() - 1_000_000_000
    for path in (job.task.workspace.root / f"tasks/1/annotations/{job.id}").rglob("*.jsonl"):
        os.utime(path, ns=(then, then))
    return job


def test_what_was_counted_is_not_counted_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with annotated(tmp_path) as workspace:
        job = workspace.job(1)
        put(job, box(5), box(7, 40, label="person"))
        whole = count_facts(job.annotations, stop=job.stop)
        assert job_facts(aged(job)) == whole
        assert whole.sources == {"manual": 2}
        assert [whole.holds(number) for number in (4, 5, 6, 7, 8)] == [False, True, False, True, False]
        with monkeypatch.context() as patch:
            patch.setattr(facts_module, "count_facts", None)
            assert job_facts(job) == whole
        put(job, box(9, 41))
        assert job_facts(aged(job)).holds(9)
        job.apply(ChangeSet(delete=frozenset({5})))
        assert not job_facts(aged(job)).holds(5)


def test_a_revision_has_its_own_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with annotated(tmp_path) as workspace:
        put(workspace.job(1), box(5))
        git(tmp_path, "tag", "v1")
        put(workspace.job(1), box(6))
        for _ in range(2):
            then = workspace.at("v1")
            assert not job_facts(then.job(1)).holds(6)
            assert job_facts(then.job(1)).holds(5)
            monkeypatch.setattr(facts_module, "count_facts", None)


def test_objects_are_found_in_their_jobs(tmp_path: Path) -> None:
    with annotated(tmp_path, segment_size=50) as workspace:
        put(workspace.job(1), box(5))
        put(workspace.job(2), box(6, 60))
        assert [job.id for job in jobs_holding(workspace, 6)] == [2]
        assert jobs_holding(workspace, 7) == []
        (tmp_path / "tasks/1/annotations/1/0.jsonl").write_text("{broken", encoding="utf-8")
        assert [job.id for job in jobs_holding(workspace, 6)] == [2]


@pytest.mark.parametrize("damage", [b"", b"nonsense" * 4000])
def test_a_broken_cache_is_made_anew(tmp_path: Path, damage: bytes) -> None:
    with annotated(tmp_path) as workspace:
        put(workspace.job(1), box(5))
        whole = job_facts(aged(workspace.job(1)))
    place = tmp_path / ".cvat/cache/data.mdb"
    data = place.read_bytes()
    place.write_bytes(damage or data[: len(data) // 2])
    for _ in range(2):
        with Workspace(tmp_path) as workspace:
            assert job_facts(workspace.job(1)) == whole
            assert workspace.cache.stats.entries == 1

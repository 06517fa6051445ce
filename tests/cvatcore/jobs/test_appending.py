from hypothesis import given
from hypothesis import strategies as st

from cvatcore.jobs import append_jobs
from cvatcore.schema import Job, JobState, cut_segments

sizes = st.integers(1, 60)
states: st.SearchStrategy[JobState] = st.sampled_from(["new", "in progress", "completed", "rejected"])


def jobs_of(size: int, *, segment_size: int, overlap: int = 0, state: JobState = "new") -> list[Job]:
    runs = cut_segments(size, segment_size=segment_size, overlap=overlap)
    return [Job(id=number, start=start, stop=stop, state=state) for number, (start, stop) in enumerate(runs, 1)]


@given(sizes, sizes, st.integers(0, 12), st.integers(0, 8), states)
def test_every_frame_is_in_a_job_and_no_job_loses_one(
    before: int, more: int, segment_size: int, overlap: int, state: JobState
) -> None:
    jobs = jobs_of(before, segment_size=segment_size, overlap=overlap, state=state)
    done = append_jobs(jobs, size=before + more, segment_size=segment_size, overlap=overlap)
    grown = {job.id: job for job in done.grown}
    after = [grown.get(job.id, job) for job in jobs]
    assert all(now.start == job.start and now.stop >= job.stop for job, now in zip(jobs, after, strict=True))
    runs = [(job.start, job.stop) for job in after] + list(done.runs)
    assert {frame for start, stop in runs for frame in range(start, stop + 1)} == set(range(before + more))
    assert all(stop - start < segment_size for start, stop in done.runs if segment_size)
    # Each new job has a frame that none had before it.
    ends = [stop for _, stop in runs]
    assert all(stop > max(ends[: len(after) + place]) for place, (_, stop) in enumerate(done.runs))


@given(st.lists(sizes, min_size=1, max_size=5), st.integers(1, 12), st.integers(0, 8))
def test_frames_that_come_one_by_one_are_cut_as_those_that_were_there(
    batches: list[int], segment_size: int, overlap: int
) -> None:
    jobs: list[Job] = []
    size = 0
    for more in batches:
        size += more
        done = append_jobs(jobs, size=size, segment_size=segment_size, overlap=overlap)
        grown = {job.id: job for job in done.grown}
        jobs = [grown.get(job.id, job) for job in jobs]
        jobs += [Job(id=len(jobs) + place, start=a, stop=b) for place, (a, b) in enumerate(done.runs, 1)]
    whole = cut_segments(size, segment_size=segment_size, overlap=overlap)
    # CVAT cuts a last job that has nothing but what it shares with the one before; here there is none.
    useful = [run for place, run in enumerate(whole) if not place or run[1] > whole[place - 1][1]]
    assert [(job.start, job.stop) for job in jobs] == useful


def test_a_completed_job_is_not_opened_again() -> None:
    jobs = [Job(id=1, start=0, stop=4, state="completed"), Job(id=2, start=0, stop=9, type="ground_truth")]
    assert append_jobs(jobs, size=12, segment_size=10).runs == ((5, 11),)
    assert append_jobs(jobs, size=12).runs == ((5, 11),)
    assert append_jobs(jobs, size=5) == append_jobs(jobs, size=3)


def test_the_first_frames_of_a_task_without_any() -> None:
    assert append_jobs([], size=7, segment_size=3, overlap=1).runs == ((0, 2), (2, 4), (4, 6))
    assert append_jobs([], size=7).runs == ((0, 6),)
    assert append_jobs([], size=0).runs == ()

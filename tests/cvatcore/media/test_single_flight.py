import threading
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from cvatcore.media import single_flight
from cvatcore.media.single_flight import SingleFlight

ASKING = 8


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> threading.Semaphore:
    """Counts the threads that have begun to wait for another."""
    begun = threading.Semaphore(0)

    class Told(Future[int]):
        def result(self, timeout: float | None = None) -> int:
            begun.release()
            return super().result(timeout)

    monkeypatch.setattr(single_flight, "Future", Told)
    return begun


def test_what_many_ask_for_at_once_is_made_once(waiting: threading.Semaphore) -> None:
    flights: SingleFlight[int] = SingleFlight()
    began, go_on = threading.Event(), threading.Event()
    made: list[int] = []

    def make() -> int:
        began.set()
        assert go_on.wait(10)
        made.append(1)
        return len(made)

    with ThreadPoolExecutor(ASKING) as threads:
        asked = [threads.submit(flights.get, "a", make)]
        assert began.wait(10)
        asked += [threads.submit(flights.get, "a", make) for _ in range(ASKING - 2)]
        # Another key waits for nobody.
        assert threads.submit(flights.get, "b", lambda: 7).result(10) == 7
        for _ in asked[1:]:
            assert waiting.acquire(timeout=10)
        go_on.set()
        assert [one.result(10) for one in asked] == [1] * len(asked)
    # Nothing is kept.
    assert flights.get("a", lambda: 9) == 9


def test_an_error_is_everybodys_and_is_forgotten(waiting: threading.Semaphore) -> None:
    flights: SingleFlight[int] = SingleFlight()
    began, go_on = threading.Event(), threading.Event()

    def fail() -> int:
        began.set()
        assert go_on.wait(10)
        raise KeyError("no")

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(flights.get, "a", fail)
        assert began.wait(10)
        second = threads.submit(flights.get, "a", fail)
        assert waiting.acquire(timeout=10)
        go_on.set()
        for asked in (first, second):
            with pytest.raises(KeyError):
                asked.result(10)
    assert flights.get("a", lambda: 1) == 1

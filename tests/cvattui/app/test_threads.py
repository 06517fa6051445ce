"""The thread that asks the daemon: order, refusals, and mistakes that must not end it."""

import queue
from collections.abc import Iterator
from functools import partial

import pytest
from textual.message import Message

from cvatcore.errors import CvatError, NotFound
from cvattui.app.threads import Answered, Requests

Posted = queue.SimpleQueue[Message]


@pytest.fixture
def posted() -> Posted:
    return queue.SimpleQueue()


@pytest.fixture
def requests(posted: Posted) -> Iterator[Requests]:
    requests = Requests(posted.put)
    yield requests
    requests.close()


def unwanted(answer: object) -> None:
    pytest.fail(f"an answer that nobody waits for: {answer!r}")


def deliver(posted: Posted) -> None:
    message = posted.get(timeout=10)
    assert isinstance(message, Answered)
    message.deliver()


def test_answers_come_in_the_order_of_the_questions(requests: Requests, posted: Posted) -> None:
    answers: list[int] = []
    for number in range(20):
        requests.submit(partial(int, number), then=answers.append, refused=unwanted)
    for _ in range(20):
        deliver(posted)
    assert answers == list(range(20))


def test_a_refusal_is_handed_over_and_the_next_question_is_asked(requests: Requests, posted: Posted) -> None:
    def refuse() -> int:
        raise NotFound("There is no job 9.")

    def err() -> int:
        raise ZeroDivisionError("a mistake")

    refusals: list[CvatError] = []
    answers: list[str] = []
    requests.submit(refuse, then=unwanted, refused=refusals.append)
    requests.submit(err, then=unwanted, refused=refusals.append)
    requests.submit(lambda: "still here", then=answers.append, refused=unwanted)
    for _ in range(3):
        deliver(posted)
    assert [error.message for error in refusals] == [
        "There is no job 9.",
        "This should not happen: ZeroDivisionError: a mistake.",
    ]
    assert answers == ["still here"]

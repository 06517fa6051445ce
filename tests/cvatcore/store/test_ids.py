import json
from pathlib import Path

import pytest

from cvatcore.errors import InvalidDocument, InvalidInput
from cvatcore.store.ids import IdAllocator
from cvatcore.store.lock import WriteLock


def allocator(folder: Path) -> IdAllocator:
    return IdAllocator(folder / "ids.json", WriteLock(folder / "write.lock"))


def test_the_first_clone_counts_from_one(tmp_path: Path) -> None:
    ids = allocator(tmp_path)
    ids.start(block=0)
    assert [ids.take("task"), ids.take("task"), ids.take("job", 3), ids.take("job")] == [1, 2, 1, 4]
    assert [ids.take("object"), ids.take("object", 10), ids.take("object")] == [1, 2, 12]


def test_another_clone_has_a_block_of_its_own(tmp_path: Path) -> None:
    ids = allocator(tmp_path)
    first, task = ids.take("object"), ids.take("task")
    block = first >> 32
    assert 1 <= block < 2**20
    assert first == (block << 32) + 1
    assert task == block * 1_000_000 + 1
    assert first < 2**53


def test_ids_are_not_used_again_after_a_crash(tmp_path: Path) -> None:
    ids = allocator(tmp_path)
    ids.start(block=0)
    taken = {ids.take("object") for _ in range(5)}
    assert allocator(tmp_path).take("object") not in taken  # the first one never gave back


def test_unused_ids_are_given_back_where_nobody_went_on(tmp_path: Path) -> None:
    ids = allocator(tmp_path)
    ids.start(block=0)
    assert ids.take("object", 3) == 1
    ids.give_back()
    other = allocator(tmp_path)
    assert other.take("object") == 4
    later = allocator(tmp_path)
    assert later.take("object") > 4
    other.give_back()
    ids.give_back()
    assert allocator(tmp_path).take("object") > later.take("object")


def test_lost_state_draws_another_block(tmp_path: Path) -> None:
    ids = allocator(tmp_path)
    ids.start(block=0)
    held = ids.take("object")
    (tmp_path / "ids.json").unlink()
    again = allocator(tmp_path).take("object")
    assert again >> 32 != held >> 32
    ids.give_back()  # Of the lost block: nothing to return it to.
    assert allocator(tmp_path).take("object") > again


@pytest.mark.parametrize(("kind", "limit"), [("task", 10**6), ("object", 2**32)])
def test_a_used_up_block_makes_place_for_another(tmp_path: Path, kind: str, limit: int) -> None:
    (tmp_path / "ids.json").write_text(json.dumps({"block": 0, "next": {kind: limit}}), encoding="utf-8")
    assert allocator(tmp_path).take(kind) > limit  # type: ignore[arg-type]  # pytest's tuples hold str


def test_a_broken_counter_is_named(tmp_path: Path) -> None:
    (tmp_path / "ids.json").write_bytes(b"\xff{")
    with pytest.raises(InvalidDocument, match=r"ids\.json"):
        allocator(tmp_path).take("task")


def test_nobody_takes_more_than_there_are(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        allocator(tmp_path).take("object", 2**32)

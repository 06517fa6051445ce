"""The daemon packs the history when there is much of it."""

from pathlib import Path

import pytest

from cvatcore.workspace.upkeep import cleaning
from cvatd.housekeeper import Housekeeper
from kit.annotated import annotated, assert_sound, box, git, numbers, put


def test_it_packs_only_when_objects_have_piled_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with annotated(tmp_path, amend_seconds=0) as workspace:
        git(tmp_path, "commit", "-qam", "settings")
        for number in range(1, 40):
            put(workspace.job(1), box(number, number))
        housekeeper = Housekeeper(tmp_path)
        assert not housekeeper.look()
        assert cleaning.clean_if_needed(workspace) is None
        monkeypatch.setattr(cleaning, "LOOSE_LIMIT", 100)
        assert housekeeper.look()
        done = cleaning.clean_if_needed(workspace)
        assert done is not None
        assert (done.after.loose, done.after.packs) == (0, 1)
        assert not housekeeper.look()
        put(workspace.job(1), box(99))
        assert numbers(workspace.job(1).annotations) == [*range(1, 40), 99]
    assert_sound(tmp_path)


def test_it_starts_and_stops(tmp_path: Path) -> None:
    with annotated(tmp_path):
        housekeeper = Housekeeper(tmp_path, every=0.001)
        housekeeper.start()
        housekeeper.stop()

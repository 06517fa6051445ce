from __future__ import annotations

from typing import Any

import pytest

from cvatcore.workspace.truth_choice import TruthChoice
from cvatd.refusals import FieldErrors
from cvatd.validation_params import truth_choice

UNIFORM = {"mode": "gt", "frame_selection_method": "random_uniform"}
PER_JOB = {"mode": "gt", "frame_selection_method": "random_per_job"}
MANUAL = {"mode": "gt", "frame_selection_method": "manual"}


@pytest.mark.parametrize(
    ("given", "choice"),
    [
        (None, None),
        (UNIFORM | {"frame_count": 5, "random_seed": 3}, TruthChoice("random_uniform", count=5, seed=3)),
        (UNIFORM | {"frame_share": 0.5}, TruthChoice("random_uniform", share=0.5)),
        (UNIFORM | {"frame_share": "0.5"}, TruthChoice("random_uniform", share=0.5)),
        (PER_JOB | {"frames_per_job_count": 2}, TruthChoice("random_per_job", count=2)),
        (MANUAL | {"frames": ["a.png"]}, TruthChoice("manual", names=("a.png",))),
    ],
)
def test_what_is_asked_for(given: dict[str, Any] | None, choice: TruthChoice | None) -> None:
    assert truth_choice(given) == choice


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "mode"),
        ({"mode": "gt_pool", "frames_per_job_count": 2}, "mode"),
        ({"mode": 5}, "mode"),
        ({"mode": "gt"}, "frame_selection_method"),
        ({"mode": "gt", "frame_selection_method": "best"}, "frame_selection_method"),
        (UNIFORM, "frame_count"),
        (UNIFORM | {"frame_count": 5, "frame_share": 0.5}, "frame_count"),
        (UNIFORM | {"frame_count": 0}, "frame_count"),
        (UNIFORM | {"frame_share": 0}, "frame_share"),
        (UNIFORM | {"frame_share": 1.5}, "frame_share"),
        (UNIFORM | {"frame_share": float("nan")}, "frame_share"),
        (UNIFORM | {"frame_count": [1]}, "frame_count"),
        (UNIFORM | {"frame_count": 5, "random_seed": -1}, "random_seed"),
        (PER_JOB | {"frame_count": 5}, "frames_per_job_count"),
        (MANUAL, "frames"),
        (MANUAL | {"frames": [5, {}]}, "frames"),
    ],
)
def test_what_is_wrong(given: dict[str, Any], field: str) -> None:
    with pytest.raises(FieldErrors) as refused:
        truth_choice(given)
    body: Any = refused.value.body
    assert list(body) == ["validation_params"]
    assert list(body["validation_params"]) == [field]

"""The states are those of CVAT: vectors beside the project, where they are, and our own for the web view."""

import json
from typing import Any

import pytest

from cvatcore.schema import Keyframe, Track
from cvatcore.tracks import Outside, row_states, settle, track_rows, track_shapes
from kit.tree import ROOT
from track_vectors import TARGET, track_vectors

VECTORS = ROOT.parent / "shared" / "vectors"
FILES = ("track-interpolation.json", "skeleton-tracks.json")
MODES: dict[str, Outside] = {"visible": "keyframes", "with_outside": "all"}


def _attributes(values: list[dict[str, Any]]) -> dict[str, str]:
    return {str(value["spec_id"]): value["value"] for value in values}


def _track(wire: dict[str, Any]) -> Track:
    keyframes = tuple(
        Keyframe(
            frame=shape["frame"],
            track=wire["id"],
            type=shape["type"],
            points=tuple(shape["points"]),
            rotation=shape["rotation"],
            occluded=shape["occluded"],
            outside=shape["outside"],
            z_order=shape["z_order"],
            attributes=_attributes(shape["attributes"]),
        )
        for shape in wire["shapes"]
    )
    return Track(
        id=wire["id"],
        label=str(wire["label_id"]),
        frame=wire["frame"],
        attributes=_attributes(wire["attributes"]),
        keyframes=keyframes,
        elements=tuple(_track(element) for element in wire.get("elements", ())),
    )


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("mode", MODES)
def test_states_are_those_of_the_reference(file: str, mode: str) -> None:
    path = VECTORS / file
    if not path.is_file():
        pytest.skip("the vectors are not beside the project")
    cases = json.loads(path.read_text(encoding="utf-8"))
    assert len(cases) > 100
    for number, case in enumerate(cases):
        track, expected = _track(case["track"]), case[mode]
        rows = track_rows(settle(track.keyframes), stop=case["end_frame"] - 1, outside=MODES[mode])
        found = row_states(rows)
        flat = case["kind"] == "to_shapes"
        immutable = track.attributes if flat else {}
        assert [state.frame for state in found] == [state["frame"] for state in expected], number
        for state, exact, wanted in zip(found, rows.exact.tolist(), expected, strict=True):
            assert state.points == pytest.approx(wanted["points"], abs=1e-6), number
            if "rotation" in wanted:
                assert state.rotation == pytest.approx(wanted["rotation"], abs=1e-6), number
            assert (state.occluded, state.outside) == (wanted["occluded"], wanted["outside"]), number
            assert exact == wanted["keyframe"], number
            assert immutable | state.attributes == _attributes(wanted["attributes"]), number
        shapes = track_shapes(track, stop=case["end_frame"] - 1, outside=MODES[mode])
        assert [item.shape.frame for item in shapes] == [state["frame"] for state in expected], number


def test_the_cases_of_the_web_view_are_those_of_the_engine() -> None:
    kept = json.loads(TARGET.read_text(encoding="utf-8"))
    made = json.loads(json.dumps(track_vectors()))
    assert len(kept) == len(made) > 50
    for old, new in zip(kept, made, strict=True):
        assert _without_numbers(old) == _without_numbers(new), "run: python scripts/track_vectors.py"
        for before, after in zip(old["expected"], new["expected"], strict=True):
            assert before["points"] == pytest.approx(after["points"], abs=1e-7)
            assert before["rotation"] == pytest.approx(after["rotation"], abs=1e-7)


def _without_numbers(case: dict[str, Any]) -> dict[str, Any]:
    """Sums of floats may differ in their last bit from one machine to another."""
    rest = [
        {key: value for key, value in state.items() if key not in {"points", "rotation"}} for state in case["expected"]
    ]
    return case | {"expected": rest}

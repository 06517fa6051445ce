"""What is put into a job is what is read from it, for every kind of object that CVAT's JSON holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from cvatcore import Annotations
from cvatcore.protocol import LabelTable, to_wire
from kit.annotated import LABELS, annotated
from kit.daemon import in_process
from kit.objects import shapes, tracks

URL = "/api/jobs/1/annotations"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with annotated(tmp_path_factory.mktemp("round")) as workspace, in_process(workspace) as made:
        yield made


def bare(data: Any) -> Any:
    """Without ids: each write gives new ones, as in CVAT."""
    if isinstance(data, dict):
        return {key: bare(value) for key, value in data.items() if key not in {"id", "version"}}
    return [bare(item) for item in data] if isinstance(data, list) else data


ids = st.integers(1, 1000)
nothing: st.SearchStrategy[dict[str, str]] = st.just({})
objects = st.builds(
    lambda shapes, tracks: Annotations(
        shapes=tuple(sorted(shapes, key=lambda shape: shape.frame)), tracks=tuple(tracks)
    ),
    st.lists(shapes(ids, values=nothing), max_size=6),
    st.lists(tracks(ids, fixed=nothing, moving=nothing), max_size=3),
)


@settings(max_examples=25)
@given(annotations=objects)
def test_put_and_get_agree(client: TestClient, annotations: Annotations) -> None:
    sent: Any = msgspec.to_builtins(to_wire(annotations, LabelTable(LABELS)))
    put = client.put(URL, json=sent)
    assert put.status_code == 200, put.text
    got = client.get(URL).json()
    assert bare(put.json()) == bare(got)
    for name in ("tags", "shapes", "tracks"):
        assert len(got[name]) == len(sent[name])  # FiftyOne sends again until these are equal.
    assert bare(got["tags"]) == bare(sent["tags"])
    assert bare(got["shapes"]) == bare(sent["shapes"])
    for track, before in zip(got["tracks"], sent["tracks"], strict=True):
        kept = [shape for shape in track["shapes"] if shape in before["shapes"]]
        assert len(kept) >= len(before["shapes"]) - (1 if before["elements"] else 0)
    again = client.put(URL, json=got).json()
    assert bare(again) == bare(got)


@settings(max_examples=15)
@given(annotations=objects)
def test_what_is_created_is_added(client: TestClient, annotations: Annotations) -> None:
    client.delete(URL)
    sent: Any = msgspec.to_builtins(to_wire(annotations, LabelTable(LABELS)))
    made = client.patch(f"{URL}?action=create", json=sent).json()
    assert bare(client.get(URL).json()) == bare(made)
    updated = client.patch(f"{URL}?action=update", json=made).json()
    assert updated == made
    client.patch(f"{URL}?action=delete", json=made).raise_for_status()
    left = client.get(URL).json()
    assert (left["tags"], left["shapes"], left["tracks"]) == ([], [], [])

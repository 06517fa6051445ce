"""Random bytes and spoilt documents: every decoder of the workspace gives a value or a typed error, nothing else."""

import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvatcore import Workspace
from cvatcore.errors import CvatError, InvalidDocument
from cvatcore.schema import (
    Attribute,
    DataSpec,
    ImageFrame,
    Job,
    Label,
    Manifest,
    MediaSource,
    Member,
    Members,
    Project,
    Task,
    VideoProperties,
    WorkspaceSettings,
    decode_manifest,
    encode_manifest,
)
from cvatcore.schema.raw_labels import read_raw_labels, write_raw_labels
from cvatcore.store import (
    Shard,
    decode_json,
    decode_shard,
    decode_toml,
    decode_tracks,
    encode_json,
    encode_shard,
    encode_toml,
    encode_tracks,
)
from cvatcore.store.layout import shard_path, tracks_path
from cvatcore.validate import validate
from kit.annotated import LABELS, annotated
from kit.mutations import spoilt_bytes, spoilt_document, spoilt_lines
from kit.objects import keyframes, shapes, tracks

PATH = "a/file"

CAR = Label(
    id=1,
    name="car",
    color="#ff0000",
    aliases=("auto",),
    attributes=(Attribute(id=2, name="doors", input_type="number", values=("1", "9", "1"), default_value="4"),),
)
TASK = Task(
    id=3,
    name="street",
    created="2026-01-02T03:04:05Z",
    labels=(CAR, LABELS[2]),
    segment_size=5,
    data=DataSpec(sources=(MediaSource("folder", "photos"),), deleted_frames=(2,)),
)
PICTURES = Manifest(images=tuple(ImageFrame(f"{n:03d}", ".jpg", 640, 480, bytes=5, meta={"a": 1}) for n in range(3)))
FILM = Manifest(video=VideoProperties("film.mp4", (640, 480), 100))

DOCUMENTS: dict[str, tuple[bytes, Callable[[bytes], object]]] = {
    "task": (encode_json(TASK), lambda data: decode_json(data, Task, path=PATH)),
    "job": (encode_json(Job(id=3, start=0, stop=9)), lambda data: decode_json(data, Job, path=PATH)),
    "project": (
        encode_json(Project(id=1, name="p", created="2026-01-02T03:04:05Z", labels=(CAR,))),
        lambda data: decode_json(data, Project, path=PATH),
    ),
    "labels": (write_raw_labels((CAR,)).encode(), read_raw_labels),
    "labels as text": (
        write_raw_labels((CAR,)).encode(),
        lambda data: read_raw_labels(data.decode("utf-8", "replace")),
    ),
}

TABLES: dict[str, tuple[bytes, Callable[[bytes], object]]] = {
    "settings": (
        encode_toml(WorkspaceSettings(format=1, name="x")),
        lambda data: decode_toml(data, WorkspaceSettings, path=PATH),
    ),
    "members": (
        encode_toml(Members(members=(Member(id=1, username="mara"),))),
        lambda data: decode_toml(data, Members, path=PATH),
    ),
}


@pytest.mark.parametrize("name", DOCUMENTS)
@given(data=st.data())
def test_documents(name: str, data: st.DataObject) -> None:
    text, decode = DOCUMENTS[name]
    decode(text)
    with contextlib.suppress(CvatError):
        decode(data.draw(spoilt_document(text)))


@pytest.mark.parametrize("name", TABLES)
@given(data=st.data())
def test_tables(name: str, data: st.DataObject) -> None:
    text, decode = TABLES[name]
    decode(text)
    with contextlib.suppress(CvatError):
        decode(data.draw(st.binary(max_size=60) | spoilt_bytes(text)))


@pytest.mark.parametrize("manifest", [PICTURES, FILM], ids=["pictures", "film"])
@given(data=st.data())
def test_manifests(manifest: Manifest, data: st.DataObject) -> None:
    text = encode_manifest(manifest)
    with contextlib.suppress(CvatError):
        found = decode_manifest(data.draw(spoilt_lines(text)), path=PATH)
        assert encode_manifest(found)


ids = st.integers(1, 10**6)
shards = st.builds(
    Shard,
    shapes=st.lists(shapes(ids), max_size=3).map(tuple),
    keyframes=st.lists(ids.flatmap(keyframes), max_size=2).map(
        lambda found: tuple(key for keys in found for key in keys)
    ),
).map(Shard.in_order)


@given(shards.map(encode_shard).flatmap(spoilt_lines))
def test_shards(text: bytes) -> None:
    try:
        shard = decode_shard(text, path=PATH)
    except InvalidDocument as error:
        named = error.line
    else:
        named = 1
        # What was read can be written, and reads the same.
        assert decode_shard(encode_shard(shard), path=PATH) == shard
    assert 1 <= named <= text.count(b"\n") + 1


@given(st.lists(tracks(ids), max_size=3).map(encode_tracks).flatmap(spoilt_lines))
def test_tracks(text: bytes) -> None:
    try:
        heads = decode_tracks(text, path=PATH)
    except InvalidDocument as error:
        named = error.line
    else:
        named = 1
        again = encode_tracks(heads)
        assert encode_tracks(decode_tracks(again, path=PATH)) == again
    assert 1 <= named <= text.count(b"\n") + 1


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = annotated(tmp_path_factory.mktemp("spoilt"))
    settings = made.root / "cvat.toml"
    settings.write_bytes(settings.read_bytes() + b'[validate]\nignore = ["missing-media", "changed-media"]\n')
    return made


@settings(max_examples=40)
@given(
    shard=shards.map(encode_shard).flatmap(spoilt_lines),
    heads=st.lists(tracks(ids), max_size=2).map(encode_tracks).flatmap(spoilt_lines),
)
def test_every_rule_survives_spoilt_files(workspace: Workspace, shard: bytes, heads: bytes) -> None:
    """Whatever lies in the files of a job: each rule of `cvat validate` looks at it and none of them fails."""
    for path, text in ((shard_path(1, 1, 0), shard), (tracks_path(1, 1), heads)):
        place = workspace.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text)
    found = validate(workspace)
    assert all(finding.message and finding.line >= 1 for finding in found)
    if any(finding.rule == "malformed-line" for finding in found):
        with pytest.raises(InvalidDocument):
            workspace.job(1).annotations  # noqa: B018  reads the files


@settings(max_examples=40)
@given(text=spoilt_document(encode_json(TASK)))
def test_a_spoilt_task_is_told_and_hides_nothing(workspace: Workspace, text: bytes) -> None:
    path: Path = workspace.root / "tasks/1/task.json"
    good = path.read_bytes()
    path.write_bytes(text)
    try:
        assert isinstance(validate(workspace), list)
    finally:
        path.write_bytes(good)

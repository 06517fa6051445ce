"""What may be saved and what is an error are two sides of one thing."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvatcore import Annotations, ChangeSet, Keyframe, Shape, Track, Workspace
from cvatcore.edit import check_change
from cvatcore.errors import InvalidInput
from cvatcore.store import Shard, encode_shard, encode_tracks
from cvatcore.store.layout import shard_path, shard_start, tracks_path
from cvatcore.validate import validate
from kit.annotated import LABELS, annotated
from kit.objects import changes

OF_PLACES = {"outside-image", "degenerate-box", "frame-outside-job", "changed-media", "missing-media"}
"""Errors that clients may save, as CVAT's server lets them."""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return annotated(tmp_path_factory.mktemp("saved"))


def write(workspace: Workspace, annotations: Annotations) -> None:
    """Put objects into the files of job 1 as an editor would: nothing is checked."""
    folder = workspace.root / "tasks/1/annotations/1"
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    shards: dict[int, Shard] = {}

    def add(frame: int, *, shapes: tuple[Shape, ...] = (), keyframes: tuple[Keyframe, ...] = ()) -> None:
        old = shards.get(shard_start(max(frame, 0)), Shard())
        new = Shard(shapes=old.shapes + shapes, keyframes=old.keyframes + keyframes)
        shards[shard_start(max(frame, 0))] = new

    for shape in annotations.shapes:
        add(shape.frame, shapes=(shape,))
    for track in annotations.tracks:
        for one in (track, *track.elements):
            for keyframe in one.keyframes:
                add(keyframe.frame, keyframes=(keyframe,))
    for first, shard in shards.items():
        (workspace.root / shard_path(1, 1, first)).write_bytes(encode_shard(shard))
    if annotations.tracks:
        (workspace.root / tracks_path(1, 1)).write_bytes(encode_tracks(annotations.tracks))


def errors(workspace: Workspace, change: ChangeSet) -> set[str]:
    write(workspace, Annotations(shapes=change.shapes, tracks=change.tracks))
    return {finding.rule for finding in validate(workspace) if finding.severity == "error"} - OF_PLACES


@settings(max_examples=30)
@given(change=changes())
def test_what_may_be_saved_has_no_error(workspace: Workspace, change: ChangeSet) -> None:
    check_change(msgspec.structs.replace(change, delete=frozenset()), labels=LABELS)
    assert errors(workspace, change) == set()


spoils = st.sampled_from(
    [
        {"z_order": 2**40},
        {"rotation": -1.0},
        {"points": (1.0,)},
        {"group": -5},
        {"score": 2.0},
        {"label": "nothing"},
        {"id": 0},
        {"type": "skeleton"},
        {"type": "mask"},
        {"keyframes": "mixed"},
        {"elements": "twice"},
    ]
)


def spoilt(item: Shape | Track, name: str, value: object) -> Shape | Track | None:
    """The object with something wrong, or None where it cannot have that."""
    if value == "mixed":
        if not isinstance(item, Track) or len(item.keyframes) < 2:
            return None
        first = item.keyframes[0]
        other = "points" if first.type != "points" else "polyline"
        changed = msgspec.structs.replace(first, type=other, points=(1.0, 1.0, 2.0, 2.0))
        return msgspec.structs.replace(item, keyframes=(changed, *item.keyframes[1:]))
    if value == "twice":
        if not item.elements:
            return None
        again = msgspec.structs.replace(item.elements[0], id=9999)
        elements: list[object] = [*item.elements, again]
        return msgspec.structs.replace(item, elements=tuple(elements))
    return msgspec.structs.replace(item, **{name: value}) if name in item.__struct_fields__ else None


@settings(max_examples=60)
@given(change=changes(), spoil=spoils, data=st.data())
def test_what_is_refused_is_an_error(
    workspace: Workspace, change: ChangeSet, spoil: dict[str, object], data: st.DataObject
) -> None:
    items: list[Shape | Track] = [*change.shapes, *change.tracks]
    if not items:
        return
    index = data.draw(st.integers(0, len(items) - 1))
    ((name, value),) = spoil.items()
    item = spoilt(items[index], name, value)
    if item is None:
        return
    items[index] = item
    wrong = ChangeSet(
        shapes=tuple(one for one in items if isinstance(one, Shape)),
        tracks=tuple(one for one in items if isinstance(one, Track)),
    )
    try:
        check_change(wrong, labels=LABELS)
    except InvalidInput:
        refused = True
    else:
        refused = False
    assert bool(errors(workspace, wrong)) == refused

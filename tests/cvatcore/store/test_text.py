from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.edit import MAX_ID
from cvatcore.errors import InvalidDocument
from cvatcore.schema import Job, Shape, Track, WorkspaceSettings
from cvatcore.store import (
    Shard,
    decode_json,
    decode_shard,
    decode_toml,
    decode_tracks,
    encode_json,
    encode_shard,
    encode_tracks,
)
from kit.annotated import box
from kit.objects import OWN_IDS, keyframes, shapes, tracks

ids = st.integers(1, MAX_ID - OWN_IDS)
shards = st.builds(
    Shard,
    shapes=st.lists(shapes(ids), max_size=6).map(tuple),
    keyframes=st.lists(ids.flatmap(keyframes), max_size=3).map(
        lambda found: tuple(key for keys in found for key in keys)
    ),
).map(Shard.in_order)

PATH = "tasks/1/annotations/1/0.jsonl"


def refusal(data: bytes) -> InvalidDocument | None:
    """Decode bytes as everything that a workspace holds; any other exception fails the test."""
    found = None
    for decode in (decode_shard, decode_tracks):
        try:
            decode(data, path=PATH)
        except InvalidDocument as error:
            found = error
    for document in (decode_json, decode_toml):
        try:
            document(data, Job, path=PATH)
        except InvalidDocument as error:
            found = error
    return found


@given(shards)
def test_shard_round_trip(shard: Shard) -> None:
    text = encode_shard(shard)
    assert decode_shard(text, path=PATH) == shard
    assert encode_shard(decode_shard(text, path=PATH)) == text


@given(st.lists(tracks(ids), max_size=4, unique_by=lambda track: track.id))
def test_tracks_round_trip(given_tracks: list[Track]) -> None:
    text = encode_tracks(given_tracks)
    heads = decode_tracks(text, path=PATH)
    assert encode_tracks(heads) == text
    assert [head.id for head in heads] == sorted(head.id for head in heads)
    assert all(head.keyframes == () for head in heads)


@given(shards, st.randoms(use_true_random=False))
def test_text_does_not_depend_on_the_order_of_lines_or_attributes(shard: Shard, random: Random) -> None:
    lines = encode_shard(shard).splitlines(keepends=True)
    random.shuffle(lines)
    again = decode_shard(b"".join(lines), path=PATH)
    assert sorted(encode_shard(again).splitlines()) == sorted(encode_shard(shard).splitlines())
    one = Shape(frame=0, id=1, type="tag", label="car", attributes={"a": "1", "b": "2"})
    other = Shape(frame=0, id=1, type="tag", label="car", attributes={"b": "2", "a": "1"})
    assert encode_shard(Shard(shapes=(one,))) == encode_shard(Shard(shapes=(other,)))


def test_a_line_looks_like_this() -> None:
    text = encode_shard(Shard(shapes=(box(7, 3), box(2, 3), box(9, 1))))
    assert text.splitlines()[0] == (b'{"frame":1,"id":9,"type":"rectangle","label":"car","points":[1.0,1.0,11.0,21.0]}')
    starts = [b'{"frame":1,"id":9', b'{"frame":3,"id":2', b'{"frame":3,"id":7']
    assert [line[:17] for line in text.splitlines()] == starts
    assert text.endswith(b"}\n")


def test_shapes_may_have_an_attribute_called_track() -> None:
    shape = Shape(frame=0, id=1, type="tag", label="car", attributes={"track": "A"})
    assert decode_shard(encode_shard(Shard(shapes=(shape,))), path=PATH).shapes == (shape,)


KEY = b'{"frame":3,"track":9,"type":"points","points":[1.0,2.0]}'
UNUSUAL = [
    b'{"frame":0,"id":1,"type":"tag","label":"track"}',
    b'{"frame":0,"id":1,"type":"tag","label":"","attributes":{"track":"1"}}',
    b'{"attributes":{"":"","track":"x"},"frame":0,"id":1,"type":"tag","label":"car"}',
    b'{"label":"x","frame":0,"id":1,"type":"tag"}',
    b'{"type":"points","points":[1,2],"track":10,"frame":3}',
    b' { "frame" : 3 , "track" : 10 , "type" : "points" } ',
    b'{"frame":0,"id":1,"type":"tag","label":"car"}\r',
    b"  ",
]
"""Lines that no save wrote, and that say what they are in another way."""


@pytest.mark.parametrize("line", UNUSUAL)
def test_lines_are_told_apart_however_they_are_written(line: bytes) -> None:
    """Shapes and keyframes are decoded together, each as what it is, as they would be one by one."""
    alone = decode_shard(line + b"\n", path=PATH)
    box_line = encode_shard(Shard(shapes=(box(7, 3),)))
    for text in (box_line + KEY + b"\n" + line, line + b"\n" + KEY + b"\n\n" + box_line):
        both = decode_shard(text, path=PATH)
        assert both == Shard(
            shapes=(*alone.shapes, box(7, 3)), keyframes=(*decode_shard(KEY, path=PATH).keyframes, *alone.keyframes)
        )


@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes_give_objects_or_a_typed_error(data: bytes) -> None:
    found = refusal(data)
    assert found is None or found.path == PATH


@given(shards.filter(lambda shard: not shard.is_empty), st.data())
def test_a_spoilt_line_is_named(shard: Shard, data: st.DataObject) -> None:
    lines = encode_shard(shard).splitlines()
    at = data.draw(st.integers(0, len(lines) - 1))
    lines[at] = data.draw(
        st.sampled_from([lines[at][:-1], b"{}", b'{"frame":"x"}', b"\xff", b"[" * 9000, b"<<<<<<< HEAD"])
    )
    with pytest.raises(InvalidDocument, match=rf"^tasks/1/annotations/1/0\.jsonl:{at + 1}: ") as caught:
        decode_shard(b"\n".join(lines), path=PATH)
    assert caught.value.line == at + 1
    assert caught.value.hint


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"<<<<<<< HEAD", "conflict marker"),
        (b"=======", "conflict marker"),
        (b">>>>>>> theirs", "conflict marker"),
        (b'{"frame":1,"track":5}', "missing required field `type`"),
        (b'{"frame":1,"id":5}', "missing required field `type`"),
        (b'{"frame":1,"track":5,"type":"rectangle","label":"car"}', "unknown field `label`"),
        (b'{"frame":1,"id":5,"type":"blob","label":"car"}', "Invalid enum value 'blob'"),
    ],
)
def test_what_is_wrong_is_said(line: bytes, words: str) -> None:
    with pytest.raises(InvalidDocument, match=words) as caught:
        decode_shard(encode_shard(Shard(shapes=(box(1),))) + line + b"\n", path=PATH)
    assert caught.value.line == 2


def test_documents_name_the_line() -> None:
    with pytest.raises(InvalidDocument, match=r"^j\.json:3: "):
        decode_json(b'{\n  "id": 1,\n  "start": x\n}\n', Job, path="j.json")
    with pytest.raises(InvalidDocument, match=r"^j\.json:2: "):
        decode_json(b'{\n  "id": 1,', Job, path="j.json")
    with pytest.raises(InvalidDocument, match=r"^cvat\.toml:2: "):
        decode_toml(b"format = 1\nname = \n", WorkspaceSettings, path="cvat.toml")
    with pytest.raises(InvalidDocument, match=r"^cvat\.toml: Expected `int`"):
        decode_toml(b'format = "1"\nname = "x"\n', WorkspaceSettings, path="cvat.toml")
    with pytest.raises(InvalidDocument) as caught:
        decode_json(b"<<<<<<< HEAD\n{}\n", Job, path="j.json")
    assert "conflict markers" in caught.value.hint


def test_documents_are_readable_and_stable() -> None:
    job = Job(id=3, start=0, stop=9, assignee="mara")
    text = encode_json(job)
    assert text == b'{\n  "id": 3,\n  "start": 0,\n  "stop": 9,\n  "assignee": "mara"\n}\n'
    assert decode_json(text, Job, path="j.json") == job

"""The text of annotations says everything once: what is equal has equal bytes, whoever made it."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from cvatcore import Keyframe, Shape, Track
from cvatcore.store import Shard, decode_shard, decode_tracks, encode_shard, encode_tracks
from cvatcore.tracks import keyframes_of
from kit import objects


def told_in_full(text: bytes, kind: type[Shape] | type[Keyframe] | type[Track]) -> Shape | Keyframe | Track:
    """A line as a client sends it, who says the defaults too."""
    read: Shape | Keyframe | Track = msgspec.json.decode(text, type=kind)
    return read


def test_defaults_are_left_out_wherever_they_come_from() -> None:
    shape = told_in_full(
        b'{"frame":0,"id":1,"type":"skeleton","label":"body","rotation":0.0,"occluded":false,"z_order":0,"group":0,'
        b'"source":"manual","score":null,"attributes":{},'
        b'"elements":[{"id":2,"type":"points","label":"knee","points":[1,2],"rotation":0.0}]}',
        Shape,
    )
    keyframe = told_in_full(b'{"frame":3,"track":4,"type":"rectangle","points":[1,2,3,4],"rotation":0.0}', Keyframe)
    track = told_in_full(
        b'{"id":4,"label":"body","source":"manual","elements":[{"id":5,"label":"knee","source":"manual"}]}', Track
    )
    assert isinstance(shape, Shape)
    assert isinstance(keyframe, Keyframe)
    assert isinstance(track, Track)
    assert encode_shard(Shard(shapes=(shape,), keyframes=(keyframe,))) == (
        b'{"frame":0,"id":1,"type":"skeleton","label":"body",'
        b'"elements":[{"id":2,"type":"points","label":"knee","points":[1.0,2.0]}]}\n'
        b'{"frame":3,"track":4,"type":"rectangle","points":[1.0,2.0,3.0,4.0]}\n'
    )
    assert encode_tracks([track]) == b'{"id":4,"label":"body","elements":[{"id":5,"label":"knee"}]}\n'


some_shapes = st.lists(st.integers(1, 9).flatmap(lambda number: objects.shapes(st.just(number))), max_size=4)
some_tracks = st.lists(st.integers(11, 19).flatmap(lambda number: objects.tracks(st.just(number))), max_size=4)


@given(some_shapes, some_tracks)
def test_text_is_written_as_it_was_read(shapes: list[Shape], tracks: list[Track]) -> None:
    keyframes = tuple(keyframe for track in tracks for keyframe in keyframes_of(track))
    shard = Shard(shapes=tuple(shapes), keyframes=keyframes)
    text, heads = encode_shard(shard), encode_tracks(tracks)
    read, known = decode_shard(text, path="x.jsonl"), decode_tracks(heads, path="tracks.jsonl")
    assert read == shard.in_order()
    assert (encode_shard(read), encode_tracks(known)) == (text, heads)
    # By way of another encoding nothing is the very default any more.
    other = msgspec.msgpack.decode(msgspec.msgpack.encode(msgspec.to_builtins(shard)), type=Shard)
    assert encode_shard(other) == text

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.errors import CvatError, InvalidDocument, UnsupportedVersion
from cvatcore.schema import ImageFrame, Manifest, VideoProperties, decode_manifest, encode_manifest

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
sizes = st.integers(1, 20_000)
images = st.builds(
    ImageFrame,
    name=texts,
    extension=st.sampled_from([".jpg", ".PNG", ""]),
    width=sizes,
    height=sizes,
    bytes=sizes,
    checksum=texts,
    source=st.integers(0, 3),
    meta=st.dictionaries(texts, st.integers() | texts, max_size=2).filter(
        lambda meta: all(not isinstance(value, int) or abs(value) < 2**63 for value in meta.values())
    ),
)
videos = st.builds(VideoProperties, name=texts, resolution=st.tuples(sizes, sizes), length=sizes)
steps = {"start": st.integers(0, 50), "step": st.integers(1, 9)}
manifests = st.builds(Manifest, images=st.lists(images, max_size=5).map(tuple), **steps) | st.builds(
    Manifest, video=videos, stop=st.integers(-1, 20_000), **steps
)

HEAD = b'{"version":"1.1"}\n{"type":"images"}\n'


@given(manifests)
def test_round_trip(manifest: Manifest) -> None:
    text = encode_manifest(manifest)
    assert decode_manifest(text) == manifest
    assert encode_manifest(decode_manifest(text)) == text
    assert text.endswith(b"\n")
    assert b" \n" not in text


def refusal(data: bytes) -> str:
    try:
        decode_manifest(data, path="tasks/1/manifest.jsonl")
    except CvatError as error:
        return error.message
    return ""


@given(st.binary(max_size=200) | st.binary(max_size=100).map(lambda tail: HEAD + tail))
def test_other_bytes_are_refused_with_file_and_line(data: bytes) -> None:
    words = refusal(data)
    assert "tasks/1/manifest.jsonl" in words or (not words and encode_manifest(decode_manifest(data)))


def test_the_line_at_fault_is_named() -> None:
    good = b'{"name":"a","extension":".jpg","width":1,"height":1}\n'
    bad = b'{"name":"a","extension":".jpg","width":"wide","height":1}\n'
    with pytest.raises(InvalidDocument, match=r"^m\.jsonl:5: Expected `int`"):
        decode_manifest(HEAD + good + b"\n" + bad, path="m.jsonl")


def test_deep_nesting_is_refused() -> None:
    line = b'{"name":"a","extension":"","width":1,"height":1,"meta":{"x":' + b"[" * 100_000 + b"\n"
    with pytest.raises(InvalidDocument, match=r":3: "):
        decode_manifest(HEAD + line)


@pytest.mark.parametrize("data", [b"", HEAD[:18], b'{"version":"1.1"}\n{"type":"video"}\n'])
def test_a_cut_off_head_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidDocument, match="The file ends where"):
        decode_manifest(data)


def test_a_newer_manifest_is_not_guessed_at() -> None:
    with pytest.raises(UnsupportedVersion, match=r"version 2\.0, newer than 1\.1"):
        decode_manifest(b'{"version":"2.0"}\n{"type":"images"}\n')


def test_names_and_sizes_of_frames() -> None:
    pictures = Manifest(images=(ImageFrame(name="a/b", extension=".jpg", width=4, height=3),))
    assert (pictures.size, pictures.kind, pictures.frame_name(0), pictures.frame_size(0)) == (
        1,
        "images",
        "a/b.jpg",
        (4, 3),
    )
    film = Manifest(video=VideoProperties(name="x.mp4", resolution=(8, 6), length=50))
    assert (film.size, film.kind, film.frame_name(42), film.frame_size(42)) == (50, "video", "frame_000042", (8, 6))


@given(st.integers(0, 60), st.integers(0, 70), st.integers(1, 9), st.integers(-1, 80))
def test_frames_taken_of_a_video(length: int, start: int, step: int, stop: int) -> None:
    manifest = Manifest(
        video=VideoProperties(name="v.mp4", resolution=(4, 3), length=length), start=start, step=step, stop=stop
    )
    taken = [n for n in range(length) if n >= start and (n - start) % step == 0 and (stop < 0 or n <= stop)]
    assert [manifest.source_frame(n) for n in range(manifest.size)] == taken
    assert [manifest.task_frame(n) for n in taken] == list(range(len(taken)))
    assert all(manifest.task_frame(n) is None for n in range(length + 5) if n not in taken)


def test_pages_context_and_clouds() -> None:
    page = ImageFrame(name="plans/a.pdf/0003", extension=".png", width=4, height=3, page=3)
    assert (page.path, page.file) == ("plans/a.pdf/0003.png", "plans/a.pdf")
    cloud = ImageFrame(name="a", extension=".PCD", width=9, height=1, meta={"related_images": ["related/a.png"]})
    assert (cloud.file, cloud.related, cloud.is_cloud) == ("a.PCD", ("related/a.png",), True)
    assert Manifest(images=(cloud,)).dimension == "3d"
    assert (Manifest(images=(page,)).dimension, page.related) == ("2d", ())


def test_what_was_taken_stands_in_the_second_line() -> None:
    manifest = Manifest(images=(), start=2, step=5)
    assert encode_manifest(manifest) == b'{"version":"1.1"}\n{"type":"images","start":2,"step":5}\n'
    with pytest.raises(InvalidDocument, match=r"m:2: "):
        decode_manifest(b'{"version":"1.1"}\n{"type":"images","step":0}\n', path="m")

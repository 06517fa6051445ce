"""New files against the frames that a task has."""

from collections import Counter
from typing import Literal

from hypothesis import given
from hypothesis import strategies as st

from cvatcore.schema import ImageFrame, Manifest
from cvatcore.workspace.watching.listing import FileStamp
from cvatcore.workspace.watching.matching import match
from cvatcore.workspace.watching.probing import Probed

Where = Literal["here", "missing", "elsewhere"]


def frame(name: str, content: str) -> ImageFrame:
    return ImageFrame(name=name, extension=".png", width=1, height=1, bytes=3, checksum=f"sha256:{content}")


def probed(name: str, content: str) -> Probed:
    return Probed(name=f"{name}.png", stamp=FileStamp(3, 0, 0), frames=(frame(name, content),))


names = st.sampled_from(["a", "b", "x/a", "x/b", "y/a"])
contents = st.sampled_from("pq")
wheres = st.sampled_from(["here", "missing", "elsewhere"])


@given(
    st.lists(st.tuples(names, contents, wheres), unique_by=lambda one: one[0]),
    st.lists(st.tuples(names.map(lambda name: "new/" + name), contents), unique_by=lambda one: one[0]),
)
def test_each_file_is_one_thing_and_each_frame_is_given_away_once(
    frames: list[tuple[str, str, Where]], files: list[tuple[str, str]]
) -> None:
    manifest = Manifest(images=tuple(frame(name, content) for name, content, _ in frames))
    asked: list[int] = []

    def presence(number: int) -> Where:
        asked.append(number)
        return frames[number][2]

    done = match([probed(*file) for file in files], manifest, presence=presence)
    names_of = [one.name for one in done.new] + [image.path for image in done.moved.values()] + [*done.elsewhere]
    assert Counter(names_of) == Counter(f"{name}.png" for name, _ in files)
    assert len(asked) == len(set(asked))
    for number, image in done.moved.items():
        assert frames[number][2] == "missing"
        assert image.checksum == f"sha256:{frames[number][1]}"
    for content in "pq":
        mine = [where for _, other, where in frames if other == content]
        count = sum(other == content for _, other in files)
        moved = sum(frames[number][1] == content for number in done.moved)
        assert moved == min(count, mine.count("missing"))
        said = sum(frames[number][1] == content for number in done.elsewhere.values())
        assert said == min(count - moved, 0 if "here" in mine else mine.count("elsewhere"))


def test_one_of_the_same_name_goes_first() -> None:
    manifest = Manifest(images=(frame("a/1", "p"), frame("a/2", "p"), frame("a/3", "p")))
    done = match([probed("b/3", "p"), probed("b/9", "p"), probed("b/2", "p")], manifest, presence=lambda _: "missing")
    assert {number: image.path for number, image in done.moved.items()} == {2: "b/3.png", 0: "b/9.png", 1: "b/2.png"}


def test_a_frame_without_a_checksum_is_nobodys() -> None:
    bare = ImageFrame(name="a", extension=".png", width=1, height=1, bytes=3)
    done = match([probed("b", "p")], Manifest(images=(bare,)), presence=lambda _: "missing")
    assert [one.name for one in done.new] == ["b.png"]

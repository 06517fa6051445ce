"""Labels for tests: hypothesis strategies of sound lists of labels, and a skeleton."""

from collections.abc import Sequence

from hypothesis import strategies as st

from cvatcore.schema import Attribute, InputType, Label, LabelType
from cvatcore.schema.skeleton import Joint, Skeleton, make_skeleton, write_svg

PLAIN_TYPES: tuple[LabelType, ...] = (
    "any",
    "rectangle",
    "polygon",
    "polyline",
    "points",
    "ellipse",
    "cuboid",
    "cuboid_3d",
    "mask",
    "tag",
)
INPUT_TYPES: tuple[InputType, ...] = ("select", "radio", "checkbox", "text", "number")

words = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=6).filter(
    lambda word: word == word.strip()
)
colors = st.integers(0, 2**24 - 1).map(lambda number: f"#{number:06x}")
positions = st.floats(0, 100, allow_nan=False).map(lambda number: number + 0.0)


def skeleton_label(*joints: str, id: int = 30, name: str = "body", edges: Sequence[tuple[str, str]] = ()) -> Label:
    """A skeleton whose joints stand on a line, with the ids that follow its own."""
    places = {joint: (number * 100 / len(joints), 50.0) for number, joint in enumerate(joints)}
    sublabels = tuple(
        Label(id=id + number, name=joint, color="#808080", type="points")
        for number, joint in enumerate(joints, start=1)
    )
    svg = write_svg(make_skeleton(places, edges))
    return Label(id=id, name=name, color="#00ff00", type="skeleton", sublabels=sublabels, svg=svg)


@st.composite
def attributes(draw: st.DrawFn, *, name: str, number: int = 0) -> Attribute:
    """A sound attribute of any input type."""
    kind = draw(st.sampled_from(INPUT_TYPES))
    values: tuple[str, ...] = ()
    default = draw(words)
    if kind in {"select", "radio"}:
        values = tuple(draw(st.lists(words | st.just("__undefined__"), min_size=1, max_size=4, unique=True)))
        default = draw(st.sampled_from(values))
    elif kind == "checkbox":
        default = draw(st.sampled_from(["true", "false"]))
    elif kind == "number":
        low, steps, step = draw(st.integers(-5, 5)), draw(st.integers(0, 9)), draw(st.integers(1, 3))
        values = str(low), str(low + steps * step), str(step)
        default = str(low + step * draw(st.integers(0, steps)))
    return Attribute(
        id=number, name=name, input_type=kind, mutable=draw(st.booleans()), default_value=default, values=values
    )


@st.composite
def label_lists(draw: st.DrawFn, *, names: st.SearchStrategy[str] = words, max_size: int = 4) -> tuple[Label, ...]:
    """Sound labels with ids, attributes and former names; skeletons among them."""
    given = draw(st.lists(names, min_size=1, max_size=2 * max_size, unique=True))
    count = draw(st.integers(1, min(len(given), max_size)))
    spare = given[count:]
    numbers = iter(range(1, 10_000))
    labels: list[Label] = []
    for name in given[:count]:
        aliases = tuple(spare.pop() for _ in range(draw(st.integers(0, 1))) if spare)
        labels.append(draw(_labels(name, aliases, next(numbers), [next(numbers) for _ in range(20)])))
    return tuple(labels)


@st.composite
def skeletons(draw: st.DrawFn, *, names: Sequence[str] | None = None) -> Skeleton:
    """Templates with any numbers of joints, and edges between them."""
    if names is None:
        names = draw(st.lists(words, min_size=1, max_size=5, unique=True))
    ids = draw(st.lists(st.integers(0, 99), min_size=len(names), max_size=len(names), unique=True))
    joints = tuple(
        Joint(number, name, draw(positions), draw(positions)) for number, name in zip(ids, names, strict=True)
    )
    pairs = [(start, end) for start in ids for end in ids if start < end]
    edges = draw(st.lists(st.sampled_from(pairs), max_size=4, unique=True)) if pairs else []
    return Skeleton(joints, tuple(edges))


@st.composite
def _labels(draw: st.DrawFn, name: str, aliases: tuple[str, ...], number: int, ids: list[int]) -> Label:
    color = draw(colors)
    given = tuple(
        draw(attributes(name=inner, number=ids.pop())) for inner in draw(st.lists(words, max_size=2, unique=True))
    )
    if draw(st.integers(0, 4)):
        kind = draw(st.sampled_from(PLAIN_TYPES))
        return Label(id=number, name=name, color=color, type=kind, aliases=aliases, attributes=given)
    template = draw(skeletons())
    joints = [Label(id=ids.pop(), name=joint, color=draw(colors), type="points") for joint in template.labels]
    return Label(
        id=number,
        name=name,
        color=color,
        type="skeleton",
        aliases=aliases,
        attributes=given,
        sublabels=tuple(draw(st.permutations(joints))),
        svg=write_svg(template),
    )

"""Which labels and attributes objects have."""

from cvatcore import Annotations, Keyframe, Shape, Track
from cvatcore.merge import used_labels
from cvatcore.schema import Element


def test_labels_of_shapes_and_tracks_with_the_attributes_that_they_set() -> None:
    knee = Element(id=3, type="points", label="knee", points=(1.0, 1.0), attributes={"side": "left"})
    shapes = (
        Shape(frame=0, id=1, type="tag", label="car", attributes={"color": "red"}),
        Shape(frame=0, id=2, type="skeleton", label="body", elements=(knee,)),
        Shape(frame=1, id=4, type="tag", label="car", attributes={"size": "9"}),
    )
    key = Keyframe(frame=0, track=5, type="rectangle", points=(0.0, 0.0, 9.0, 9.0), attributes={"parked": "true"})
    track = Track(id=5, label="bus", attributes={"line": "7"}, keyframes=(key,))
    found = {"car": {"color", "size"}, "body": set(), "bus": {"line", "parked"}}
    assert used_labels(Annotations(shapes=shapes, tracks=(track,))) == found
    assert used_labels([*shapes, track]) == found

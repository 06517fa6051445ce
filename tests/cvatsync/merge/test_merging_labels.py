"""Labels and attributes in merges of whole workspaces: deleted on one side and needed on the other, renamed."""

import msgspec
import pygit2
import pytest

from cvatcore.schema import Attribute, Shape
from cvatcore.store.layout import shard_path
from kit.merges import BASE, Result, both_ways, without
from kit.tasks import labels
from kit.trees import Plain, box, moving

replace = msgspec.structs.replace


@pytest.mark.parametrize("project", [0, 3], ids=["task", "project"])
class TestLabels:
    def without_car(self, project: int) -> Plain:
        return replace(BASE, project=project, labels=labels("car", "person")[1:], shapes={2: BASE.shapes[2]}, tracks={})

    def test_one_that_new_objects_have_comes_back(
        self, repository: pygit2.Repository, prefix: str, project: int
    ) -> None:
        base = replace(BASE, project=project)
        added = replace(base, shapes={**BASE.shapes, 2: [*BASE.shapes[2], box(9, frame=41)]})
        result = both_ways(repository, base.files, self.without_car(project).files, added.files, prefix=prefix)
        assert sorted(result.labels) == ["car", "person"]
        assert sorted(result.shapes) == [3, 9]

    def test_one_that_a_changed_object_has_comes_back(self, repository: pygit2.Repository, project: int) -> None:
        base = replace(BASE, project=project)
        changed = replace(base, tracks={1: [moving(4, 2, 12)]})
        result = both_ways(repository, base.files, self.without_car(project).files, changed.files)
        assert sorted(result.labels) == ["car", "person"]
        assert sorted(result.shapes) == [3]
        assert result.tracks == {4: [2, 12]}

    def test_one_that_only_new_tracks_have_comes_back(self, repository: pygit2.Repository, project: int) -> None:
        base = replace(BASE, project=project)
        added = replace(base, tracks={**BASE.tracks, 2: [moving(9, 41, 44)]})
        result = both_ways(repository, base.files, self.without_car(project).files, added.files)
        assert sorted(result.labels) == ["car", "person"]
        assert sorted(result.shapes) == [3]
        assert result.tracks == {9: [41, 44]}

    def test_one_that_nobody_has_goes(self, repository: pygit2.Repository, project: int) -> None:
        base = replace(BASE, project=project)
        other = replace(base, shapes={**BASE.shapes, 2: [*BASE.shapes[2], box(9, frame=41, label="person")]})
        result = both_ways(repository, base.files, self.without_car(project).files, other.files)
        assert result.labels == ["person"]

    def test_one_of_a_task_that_stays_comes_back(self, repository: pygit2.Repository, project: int) -> None:
        """The task was deleted with the label of the project; all its objects are back, also those nobody changed."""
        base = replace(BASE, project=project)
        gone = without(self.without_car(project).files, "tasks/1/")
        changed = replace(base, name="avenue")
        result = both_ways(repository, base.files, gone, changed.files)
        assert sorted(result.labels) == ["car", "person"]
        assert sorted(result.shapes) == [1, 2, 3]

    def test_files_that_nobody_changed_are_not_read(self, repository: pygit2.Repository, project: int) -> None:
        broken = {shard_path(1, 2, 32): b"no json\n"}
        base = replace(BASE, project=project)
        added = replace(base, shapes={1: [*BASE.shapes[1], box(9)]})
        sides = [side.files | broken for side in (base, self.without_car(project), added)]
        result = both_ways(repository, *sides)
        assert sorted(result.labels) == ["car", "person"]

    def test_a_new_name_is_no_change_of_the_objects(self, repository: pygit2.Repository, project: int) -> None:
        base = replace(BASE, project=project)
        auto = replace(labels("auto")[0], aliases=("car",))
        renamed = replace(
            base,
            labels=(auto, *labels("car", "person")[1:]),
            shapes={**BASE.shapes, 1: [box(1, label="auto"), box(2, frame=1, label="auto")]},
            tracks={1: [moving(4, 2, 9, label="auto")]},
        )
        other = replace(base, shapes={**BASE.shapes, 1: [box(1, label="person"), box(2, frame=1, left=7), box(9)]})
        result = both_ways(repository, base.files, renamed.files, other.files)
        assert result.labels == ["auto", "person"]
        assert {number: shape.label for number, shape in result.shapes.items()} == {
            1: "person",
            2: "auto",
            3: "person",
            9: "auto",
        }


@pytest.mark.parametrize("project", [0, 3], ids=["task", "project"])
class TestAttributes:
    """Cars have a colour and a size; one side deletes the colour, with the values that objects have."""

    def sides(self, project: int) -> tuple[Plain, Plain]:
        """The workspace with the colour, and without it."""
        color, size = Attribute(id=21, name="color"), Attribute(id=22, name="size")
        car, person = labels("car", "person")
        full = replace(
            BASE,
            project=project,
            labels=(replace(car, attributes=(color, size)), person),
            shapes={1: [box(1), colored(2, frame=1)], 2: [box(3, frame=40, label="person")]},
        )
        shapes = {**full.shapes, 1: [box(1), box(2, frame=1)]}
        return full, replace(full, labels=(replace(car, attributes=(size,)), person), shapes=shapes)

    def attributes(self, result: Result) -> list[str]:
        (car,) = (label for label in result.label_documents if label.name == "car")
        return sorted(one.name for one in car.attributes)

    def test_one_that_a_new_object_has_comes_back(
        self, repository: pygit2.Repository, prefix: str, project: int
    ) -> None:
        base, gone = self.sides(project)
        for job, frame in ((1, 5), (2, 41)):  # In a job that both sides changed, and in one that only the other did.
            added = replace(base, shapes={**base.shapes, job: [*base.shapes[job], colored(9, frame=frame)]})
            result = both_ways(repository, base.files, gone.files, added.files, prefix=prefix)
            assert self.attributes(result) == ["color", "size"]
            assert result.shapes[9].attributes == {"color": "red"}
            assert result.shapes[2].attributes == {}

    def test_one_that_a_changed_object_got_comes_back(self, repository: pygit2.Repository, project: int) -> None:
        base, gone = self.sides(project)
        changed = replace(base, shapes={**base.shapes, 1: [colored(1, value="blue"), base.shapes[1][1]]})
        result = both_ways(repository, base.files, gone.files, changed.files)
        assert self.attributes(result) == ["color", "size"]
        assert result.shapes[1].attributes == {"color": "blue"}

    def test_one_that_a_keyframe_has_comes_back(self, repository: pygit2.Repository, project: int) -> None:
        base, gone = self.sides(project)
        # In another file than the head of the track, which nobody changed.
        late = msgspec.structs.replace(moving(4, 9).keyframes[0], attributes={"color": "red"})
        track = msgspec.structs.replace(moving(4, 2, 9), keyframes=(moving(4, 2).keyframes[0], late))
        result = both_ways(repository, base.files, gone.files, replace(base, tracks={1: [track]}).files)
        assert self.attributes(result) == ["color", "size"]

    def test_one_that_nobody_gave_a_value_goes(self, repository: pygit2.Repository, project: int) -> None:
        base, gone = self.sides(project)
        moved = replace(base, shapes={**base.shapes, 1: [box(1, left=5), colored(2, frame=1, left=6)]})
        result = both_ways(repository, base.files, gone.files, moved.files)
        assert self.attributes(result) == ["size"]
        assert result.shapes[2].attributes == {}

    def test_one_of_a_label_that_was_renamed_comes_back(self, repository: pygit2.Repository, project: int) -> None:
        base, gone = self.sides(project)
        car, person = gone.labels
        auto = replace(gone, labels=(replace(car, name="auto", aliases=("car",)), person), tracks={})
        auto = replace(auto, shapes={**auto.shapes, 1: [box(1, label="auto"), box(2, frame=1, label="auto")]})
        added = replace(base, shapes={**base.shapes, 2: [*base.shapes[2], colored(9, frame=41)]})
        result = both_ways(repository, base.files, auto.files, added.files)
        (label,) = (label for label in result.label_documents if label.id == car.id)
        assert (label.name, sorted(one.name for one in label.attributes)) == ("auto", ["color", "size"])

    def test_one_of_a_label_that_the_other_renamed_comes_back(
        self, repository: pygit2.Repository, project: int
    ) -> None:
        base, gone = self.sides(project)
        car, person = base.labels
        auto = replace(base, labels=(replace(car, name="auto", aliases=("car",)), person), tracks={})
        still = [replace(shape, label="auto") for shape in base.shapes[1]]
        for job, frame in ((1, 5), (2, 41)):
            new = replace(colored(9, frame=frame), label="auto")
            added = replace(
                auto, shapes={**base.shapes, 1: still, job: [*(still if job == 1 else base.shapes[2]), new]}
            )
            result = both_ways(repository, base.files, replace(gone, tracks={}).files, added.files)
            (label,) = (label for label in result.label_documents if label.id == car.id)
            assert (label.name, sorted(one.name for one in label.attributes)) == ("auto", ["color", "size"])


def colored(number: int, *, frame: int = 0, left: float = 1.0, value: str = "red") -> Shape:
    return replace(box(number, frame=frame, left=left), attributes={"color": value})

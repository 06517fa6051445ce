"""The names of context images over HTTP."""

from pathlib import Path

from cvatcore.workspace import Workspace
from kit.daemon import in_process
from kit.pictures import write_picture


def test_a_frame_tells_the_names_of_its_context_images(tmp_path: Path) -> None:
    for name in ("a.png", "b.png", "related_images/a_png/left.jpg", "related_images/a_png/right.jpg"):
        write_picture(tmp_path / "photos" / name)
    with Workspace.init(tmp_path / "ws") as workspace:
        workspace.create_task("street", labels=["car"], data=[tmp_path / "photos"])
        with in_process(workspace) as client:
            address = "/api/cvatd/tasks/1/context"
            names = client.get(f"{address}/0").json()["names"]
            assert [name.rsplit("/", 1)[-1] for name in names] == ["left.jpg", "right.jpg"]
            assert client.get(f"{address}/1").json() == {"names": []}
            for path in (f"{address}/2", "/api/cvatd/tasks/9/context/0", f"{address}/x"):
                assert client.get(path).status_code == 404

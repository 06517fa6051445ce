"""Run by an environment that has cvat-sdk: somebody logs in, makes a task, annotates it and removes it again."""

import json
import sys
from pathlib import Path

from cvat_sdk import make_client, models  # type: ignore[import-not-found]  # only in environments of their own
from cvat_sdk.core.proxies.tasks import ResourceType  # type: ignore[import-not-found]  # the same


def main() -> None:
    """Work with a username and a password."""
    given = json.load(sys.stdin)
    with make_client(given["url"], credentials=(given["username"], given["password"])) as client:
        colour = models.AttributeRequest(
            name="colour",
            mutable=True,
            input_type=models.InputTypeEnum("select"),
            values=["red", "blue"],
            default_value="red",
        )
        spec = models.TaskWriteRequest(
            name="made", labels=[models.PatchedLabelRequest(name="car", attributes=[colour])], segment_size=2
        )
        task = client.tasks.create_from_data(
            spec=spec,
            resource_type=ResourceType.LOCAL,
            resources=given["pictures"],
            data_params={"image_quality": 75},
            status_check_period=0.1,
        )
        label = task.get_labels()[0]
        value = models.AttributeValRequest(spec_id=label.attributes[0].id, value="blue")
        task.set_annotations(
            models.LabeledDataRequest(
                tags=[models.LabeledImageRequest(frame=1, label_id=label.id)],
                shapes=[
                    models.LabeledShapeRequest(
                        type=models.ShapeType("rectangle"),
                        frame=0,
                        label_id=label.id,
                        points=[1, 2, 3, 4],
                        attributes=[value],
                    )
                ],
            )
        )
        read = task.get_annotations()
        job = next(job for job in task.get_jobs() if job.start_frame == 0)
        job.update({"stage": "validation"})
        task.download_frames([0, 1], outdir=given["out"], quality="original")
        task.remove_frames_by_ids([2])
        task.update({"name": "renamed"})
        told = {
            "frames": task.size,
            "owner": task.owner.username,
            "points": read.shapes[0].points,
            "value": read.shapes[0].attributes[0].value,
            "tags": len(read.tags),
            "stage": str(job.fetch().stage),
            "files": sorted(path.name for path in Path(given["out"]).iterdir()),
            "deleted": task.get_meta().deleted_frames,
            "name": task.fetch().name,
        }
        task.remove()
        told["left"] = [one.name for one in client.tasks.list()]
        json.dump(told, sys.stdout)
        client.logout()


main()

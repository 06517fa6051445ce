"""Run by an environment that has cvat-sdk: a project with a skeleton, a task in it, ground truth, changes, the end."""

import json
import sys
from collections.abc import Callable
from typing import Any

from cvat_sdk import exceptions, make_client, models  # type: ignore[import-not-found]  # in environments of their own
from cvat_sdk.core.proxies.tasks import ResourceType  # type: ignore[import-not-found]  # the same


def refused(call: Callable[[], Any]) -> Any:
    """The status and body of an answer that is an error."""
    try:
        call()
    except exceptions.ApiException as error:
        return [error.status, json.loads(error.body)]
    return None


def frame_of(jobs: Any, job: int, number: int) -> bytes:
    """The bytes of a frame's picture."""
    _, response = jobs.retrieve_data(job, type="frame", number=number, quality="original", _parse_response=False)
    data: bytes = response.data
    return data


def main() -> None:
    """Do it all once, and tell what the server answered."""
    given = json.load(sys.stdin)
    told: dict[str, Any] = {}
    with make_client(given["url"], credentials=(given["username"], given["password"])) as client:
        project = client.projects.create(
            {
                "name": "city",
                "labels": given["labels"],
                "bug_tracker": "https://bugs.example.org",
                "target_storage": {"location": "local"},
            }
        )
        told["project"] = [project.name, project.bug_tracker, str(project.target_storage["location"])]
        told["labels"] = {label.name: [joint.name for joint in label.sublabels] for label in project.get_labels()}
        project.update({"name": "town"})
        told["renamed"] = project.fetch().name
        task = client.tasks.create_from_data(
            spec={"name": "street", "project_id": project.id, "subset": "Train", "segment_size": 4},
            resource_type=ResourceType.LOCAL,
            resources=given["pictures"],
            data_params={"image_quality": 70},
            status_check_period=0.1,
        )
        told["task"] = [task.size, task.subset, [one.id for one in project.get_tasks()] == [task.id]]
        told["subsets"] = project.fetch().task_subsets
        told["preview"] = len(project.get_preview().read()) > 0
        jobs = client.api_client.jobs_api
        asked = {"type": "ground_truth", "task_id": task.id}
        seed = "seed" if "seed" in models.JobWriteRequest.attribute_map else "random_seed"
        drawn = {"frame_selection_method": "random_uniform", "frame_count": 3, seed: 42}
        made, _ = jobs.create(models.JobWriteRequest(**asked, **drawn))
        meta, _ = jobs.retrieve_data_meta(made.id)
        told["frames"] = [made.frame_count, meta.included_frames]
        once_more = models.JobWriteRequest(**asked, frame_selection_method="manual", frames=[1])
        told["another"] = refused(lambda: jobs.create(once_more))
        truth = client.jobs.retrieve(made.id)
        # `get_frame` of a job leaves a file open, which Python warns of.
        told["frame"] = len(frame_of(jobs, made.id, 3)) > 0
        told["strange frame"] = refused(lambda: frame_of(jobs, made.id, 0))
        labels = {label.name: label for label in task.get_labels()}
        box = models.LabeledShapeRequest(
            type="rectangle", frame=3, label_id=labels["car"].id, points=[1.0, 2.0, 30.0, 40.0]
        )
        truth.set_annotations(models.LabeledDataRequest(tags=[], shapes=[box], tracks=[]))
        told["objects"] = [len(truth.get_annotations().shapes), len(task.get_annotations().shapes)]
        truth.update({"stage": "acceptance", "state": "completed"})
        truth.fetch()
        told["truth"] = [str(truth.status), str(truth.stage), str(truth.state)]
        work = sorted((job for job in task.get_jobs() if job.type == "annotation"), key=lambda job: job.id)
        told["no truth"] = refused(lambda: jobs.destroy(work[0].id))
        me, _ = client.api_client.users_api.retrieve_self()
        work[0].update({"assignee": me.id})
        told["assignee"] = work[0].fetch().assignee.username
        work[0].update({"assignee": None})
        told["nobody"] = work[0].fetch().assignee is None
        of_labels = client.api_client.labels_api
        patch = models.PatchedLabelRequest(name="vehicle")
        changed, _ = of_labels.partial_update(labels["car"].id, patched_label_request=patch)
        told["label"] = [changed.name, truth.get_annotations().shapes[0].label_id == changed.id]
        joint = labels["body"].sublabels[0].id
        told["joint"] = refused(lambda: of_labels.partial_update(joint, patched_label_request=patch))
        told["two filters"] = refused(lambda: of_labels.list(job_id=made.id, task_id=task.id))
        of_labels.destroy(labels["person"].id)
        tram = models.PatchedLabelRequest(name="tram")
        project.update({"labels": [tram, models.PatchedLabelRequest(id=changed.id, deleted=True)]})
        told["labels then"] = sorted(label.name for label in project.get_labels())
        other = client.tasks.create(
            models.TaskWriteRequest(name="own", labels=[models.PatchedLabelRequest(name="truck", attributes=[])])
        )
        (truck,) = other.get_labels()
        told["unmapped"] = refused(lambda: other.update({"project_id": project.id}))
        mapped = [models.PatchedLabelRequest(id=truck.id, name="tram")]
        other.update({"project_id": project.id, "labels": mapped, "bug_tracker": "x", "subset": "val"})
        other.fetch()
        told["moved"] = [other.project_id == project.id, other.bug_tracker, other.subset]
        jobs.destroy(made.id)
        told["jobs"] = len(task.get_jobs())
        other.remove()
        project.remove()
        told["left"] = [len(client.tasks.list()), len(client.projects.list())]
    json.dump(told, sys.stdout)


main()

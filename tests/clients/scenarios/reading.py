"""Run by an environment that has cvat-sdk: everything of a workspace read through it, told as JSON."""

import io
import json
import sys

from cvat_sdk import Client  # type: ignore[import-not-found]  # only in environments of their own
from PIL import Image


def main() -> None:
    """Read with the launch token, as a script on the daemon's own machine does."""
    given = json.load(sys.stdin)
    with Client(given["url"]) as client:
        client.api_client.set_default_header("Authorization", f"Token {given['token']}")
        tasks = {}
        for task in client.tasks.list():
            told: dict[str, object] = {
                "labels": [label.name for label in task.get_labels()],
                "jobs": sorted((job.start_frame, job.stop_frame) for job in task.get_jobs()),
            }
            tasks[task.name] = told
            if not told["jobs"]:
                continue
            meta = task.get_meta()
            frame = Image.open(io.BytesIO(task.get_frame(0, quality="original").read()))
            job = task.get_jobs()[0]
            told |= {
                "frames": meta.size,
                "names": [one.name for one in task.get_frames_info()],
                "size": frame.size,
                "kind": frame.format,
                "preview": Image.open(io.BytesIO(task.get_preview().read())).format,
                "shapes": len(task.get_annotations().shapes),
                "job shapes": len(job.get_annotations().shapes),
                "job frames": job.get_meta().size,
                "job labels": [label.name for label in job.get_labels()],
                "issues": len(job.get_issues()),
                "task issues": len(task.get_issues()) if hasattr(task, "get_issues") else 0,
            }
        server = client.api_client.server_api
        json.dump(
            {
                "tasks": tasks,
                "projects": {
                    one.name: [task.name for task in one.get_tasks()] + [label.name for label in one.get_labels()]
                    for one in client.projects.list()
                },
                "me": client.users.retrieve_current_user().username,
                "people": [one.username for one in client.users.list()],
                "version": str(client.get_server_version()),
                "formats": [one.name for one in server.retrieve_annotation_formats()[0].exporters],
                "plugins": server.retrieve_plugins()[0].to_dict(),
                "share": [one.name for one in server.list_share()[0]],
            },
            sys.stdout,
        )


main()

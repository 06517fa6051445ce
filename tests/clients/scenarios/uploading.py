"""Run by an environment that has cvat-sdk: tasks are made of all that the SDK can send or name."""

import json
import sys
from typing import Any

from cvat_sdk import make_client  # type: ignore[import-not-found]  # only in environments of their own
from cvat_sdk.core.proxies.tasks import ResourceType  # type: ignore[import-not-found]  # the same


def main() -> None:
    """Make each task that is asked for, and tell what it is, or why it is none."""
    given = json.load(sys.stdin)
    told: dict[str, Any] = {}
    with make_client(given["url"], credentials=(given["username"], given["password"])) as client:
        for name, (kind, resources, params) in given["tasks"].items():
            try:
                task = client.tasks.create_from_data(
                    spec={"name": name, "labels": [{"name": "car"}]},
                    resource_type=ResourceType[kind],
                    resources=resources,
                    data_params={"image_quality": 70, **params},
                    status_check_period=0.1,
                )
            except Exception as error:  # noqa: BLE001  what an SDK raises differs by its version; the test looks at it
                told[name] = str(error)
            else:
                frames = [frame.name for frame in task.get_meta().frames]
                told[name] = [task.size, frames, sorted(job.start_frame for job in task.get_jobs())]
    json.dump(told, sys.stdout)


main()

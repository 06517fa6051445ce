"""Run by an environment that has cvat-sdk: an upload during which the daemon is killed and started again."""

import json
import logging
import sys
import time
from urllib.request import urlopen

import urllib3  # type: ignore[import-not-found]  # of the environment of cvat-sdk
from cvat_sdk import make_client  # type: ignore[import-not-found]  # only in environments of their own
from cvat_sdk.core.proxies.tasks import ResourceType  # type: ignore[import-not-found]  # the same

TRIES = 5


class Patience(urllib3.Retry):  # type: ignore[misc]  # urllib3 is theirs, of another version for each
    """Waits no longer each time."""

    def get_backoff_time(self) -> float:
        """In seconds."""
        return 0.05


def wait(url: str) -> None:
    """Wait until the daemon is there again."""
    for _ in range(600):
        try:
            urlopen(f"{url}/api/server/about", timeout=5).close()
        except OSError:
            time.sleep(0.05)
        else:
            return


def main() -> None:
    """Send files to one task until that goes well."""
    given = json.load(sys.stdin)
    logging.disable(logging.ERROR)  # New versions tell of the broken connection before they go on.
    with make_client(given["url"], credentials=(given["username"], given["password"])) as client:
        # Connections are tried until the daemon is there again, and questions asked again; no part is sent twice.
        retries = Patience(total=400)
        pools = client.api_client.rest_client.pool_manager
        pools.connection_pool_kw["retries"] = retries
        pools.clear()
        task = client.tasks.create(spec={"name": "sent", "labels": [{"name": "car"}]})
        failed = 0
        while failed < TRIES:
            try:
                task.upload_data(
                    resources=given["files"],
                    resource_type=ResourceType.LOCAL,
                    params={"image_quality": 70},
                    status_check_period=0.1,
                )
                break
            except Exception:  # noqa: BLE001  what an SDK raises differs by its version; the upload is begun anew
                failed += 1
                wait(given["url"])
        task.fetch()
        json.dump(
            {"failed": failed, "size": task.size, "names": [one.name for one in task.get_meta().frames]}, sys.stdout
        )


main()

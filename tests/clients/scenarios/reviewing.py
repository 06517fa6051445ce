"""Run by an environment that has cvat-sdk: an issue, its comments, a guide and a picture in it, to their end."""

import io
import json
import sys
from typing import Any

from cvat_sdk import exceptions, make_client, models  # type: ignore[import-not-found]  # in environments of their own
from PIL import Image


def main() -> None:
    """Do it all once, and tell what the server answered."""
    given = json.load(sys.stdin)
    told: dict[str, Any] = {}
    with make_client(given["url"], credentials=(given["username"], given["password"])) as client:
        me = client.users.retrieve_current_user()
        issue = client.issues.create(
            models.IssueWriteRequest(frame=1, position=[1.0, 2.0, 3.0, 4.0], job=1, message="no car", assignee=me.id)
        )
        told["issue"] = [issue.frame, issue.position, issue.owner.username, issue.assignee.username, issue.resolved]
        said = client.comments.create(models.CommentWriteRequest(issue=issue.id, message="a van"))
        said.update(models.PatchedCommentWriteRequest(message="a bus"))
        told["comments"] = sorted(one.message for one in issue.get_comments())
        issue.update(models.PatchedIssueWriteRequest(resolved=True, position=[5.0, 6.0]))
        told["updated"] = [issue.resolved, issue.position, issue.fetch().comments.count]
        job = client.jobs.retrieve(1)
        told["of the job"] = [job.issues.count, [one.id == issue.id for one in job.get_issues()]]
        api = client.api_client
        page, _ = api.issues_api.list(resolved=True, task_id=1, owner=me.username, search=me.username[:2], sort="-id")
        told["listed"] = page.count
        page, _ = api.issues_api.list(filter='{"==":[{"var":"resolved"},false]}')
        told["open"] = page.count
        said.remove()
        issue.remove()
        try:
            client.issues.retrieve(issue.id)
        except exceptions.ApiException as error:
            told["gone"] = error.status
        guide, _ = api.guides_api.create(
            annotation_guide_write_request=models.AnnotationGuideWriteRequest(task_id=1, markdown="# Cars")
        )
        patch = models.PatchedAnnotationGuideWriteRequest(markdown="# Buses")
        guide, _ = api.guides_api.partial_update(guide.id, patched_annotation_guide_write_request=patch)
        told["guide"] = [guide.task_id, guide.project_id, guide.markdown]
        told["same guide"] = client.tasks.retrieve(1).guide_id == client.jobs.retrieve(1).guide_id == guide.id
        out = io.BytesIO()
        Image.new("RGB", (3000, 50)).save(out, format="PNG")
        answer = api.rest_client.pool_manager.request(
            "POST",
            f"{given['url']}/api/assets",
            fields={"guide_id": str(guide.id), "file": ("wide.png", out.getvalue())},
            headers={**api.get_common_headers(), **_session(api), "Origin": given["url"]},
        )
        asset = json.loads(answer.data)
        told["asset"] = [answer.status, asset.get("filename"), asset.get("guide_id") == guide.id]
        _, shown = api.assets_api.retrieve(uuid=asset["uuid"], _parse_response=False)
        with Image.open(io.BytesIO(shown.data)) as image:
            told["file"] = list(image.size)
        api.assets_api.destroy(asset["uuid"])
        api.guides_api.destroy(guide.id)
        told["no guide"] = client.tasks.retrieve(1).guide_id
    json.dump(told, sys.stdout)


def _session(api: Any) -> dict[str, str]:
    """What newer clients send instead of a token."""
    cookies = {name: cookie.value for name, cookie in api.cookies.items()}
    sent = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return {"Cookie": sent, "X-CSRFToken": cookies.get("csrftoken", "")}


main()

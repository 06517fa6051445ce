"""The ASGI application over one workspace."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from cvatcore.media.chunks import Chunks
from cvatcore.protocol import ChangeEvent
from cvatd.authentication import Authentication
from cvatd.autosync import AutoSync
from cvatd.call import Context
from cvatd.creations import Creations
from cvatd.dispatch import METHODS, error_response, routes_of
from cvatd.feed import Feed
from cvatd.folder_follower import FolderFollower
from cvatd.git_follower import GitFollower
from cvatd.housekeeper import Housekeeper
from cvatd.known_tasks import KnownTasks
from cvatd.later import later_routes
from cvatd.pages import page_routes
from cvatd.refusals import Refused
from cvatd.routes import ENDPOINTS
from cvatd.security import Credentials, Guard
from cvatd.uploads import Uploads
from cvatd.watcher import Watcher

if TYPE_CHECKING:
    from cvatcore.workspace import Workspace

STATIC = Path(__file__).with_name("_static")
"""Where the build puts the web view."""


def create_app(
    workspace: Workspace,
    *,
    credentials: Credentials,
    port: int,
    hosts: Collection[str] = (),
    static: Path = STATIC,
    watch: bool = True,
    allow_private_urls: bool = False,
    allow_registration: bool = False,
) -> Starlette:
    """The application; `app.state.feed` is its change feed, `app.state.sync` its sync in the background.

    Args:
        workspace: what is served.
        credentials: the secrets that clients must know.
        port: the port that clients name in `Host`.
        hosts: names beside those of loopback that clients may use.
        static: the folder of the built web view.
        watch: whether to look for changes made by others.
        allow_private_urls: whether servers of private networks are asked for media.
        allow_registration: whether anybody who reaches the daemon may become a member.
    """
    instance = secrets.token_hex(8)
    feed = Feed(instance)
    sync = AutoSync(workspace, publish=feed.publish)
    feed.follow(sync.notice)
    folders = FolderFollower(workspace.root, publish=feed.publish)
    uploads = Uploads(workspace.root)
    creations = Creations(workspace, uploads=uploads, publish=feed.publish, allow_private_urls=allow_private_urls)
    tasks = KnownTasks(workspace)
    feed.follow(tasks.notice)
    people = Authentication(workspace, key=credentials.key)
    context = Context(
        workspace=workspace,
        feed=feed,
        sync=sync,
        folders=folders,
        chunks=Chunks(),
        uploads=uploads,
        creations=creations,
        tasks=tasks,
        instance=instance,
        people=people,
        allow_registration=allow_registration,
        csrf=credentials.csrf,
        clone=credentials.clone,
        static=static,
    )

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        feed.open()
        follower = GitFollower(workspace, publish=feed.publish)

        def seen(event: ChangeEvent) -> None:
            feed.publish(event)
            follower.notice()

        watcher = Watcher(workspace.root, publish=seen, own_write=workspace.store.wrote, lost_count=feed.restart)
        if watch:
            watcher.start()
            follower.start()
            folders.start()
        sync.start()
        housekeeper = Housekeeper(workspace.root)
        housekeeper.start()
        creations.start()
        try:
            yield
        finally:
            creations.stop()
            housekeeper.stop()
            sync.stop()
            folders.stop()
            watcher.stop()
            follower.stop()

    async def unknown(request: Request) -> Response:
        return error_response(Refused(404, "Not found."))

    app = Starlette(
        routes=[
            *routes_of(ENDPOINTS, context),
            *later_routes(),
            Route("/api/{rest:path}", unknown, methods=[*METHODS]),
            *page_routes(static),
        ],
        middleware=[
            Middleware(
                Guard,
                credentials=credentials,
                people=people,
                hosts=hosts,
                port=port,
                public=[endpoint.path for endpoint in ENDPOINTS if endpoint.public],
            )
        ],
        lifespan=lifespan,
    )
    app.state.feed = feed
    app.state.sync = sync
    return app

"""Talking to other repositories: folders, HTTP servers, SSH servers."""

from cvatsync.remote.address import local_folder, shown_address
from cvatsync.remote.transport import Progress, copy_repository, fetch, push

__all__ = ["Progress", "copy_repository", "fetch", "local_folder", "push", "shown_address"]

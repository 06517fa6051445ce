"""The local cache of a workspace: frames, previews, indexes of videos. Deleting its folder loses nothing."""

from cvatcore.cache.shared import open_cache
from cvatcore.cache.store import Cache, CacheStats, NullCache

__all__ = ["Cache", "CacheStats", "NullCache", "open_cache"]

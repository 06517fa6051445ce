"""The daemon: CVAT's REST API, the change feed and the web view over one workspace."""

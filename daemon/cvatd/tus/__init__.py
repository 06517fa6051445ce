"""Resumable uploads: TUS 1.0.0 in the dialect of CVAT's clients, for whatever takes files."""

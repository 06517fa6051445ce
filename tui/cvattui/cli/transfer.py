"""`cvat export`, `cvat import`, `cvat formats`."""


def export() -> None:
    """Out."""


def import_() -> None:
    """In."""


def formats() -> None:
    """Formats."""

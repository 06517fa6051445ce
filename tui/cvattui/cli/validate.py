"""`cvat validate`: the rules that a workspace must keep, for people and for CI."""


def validate() -> None:
    """Rules."""

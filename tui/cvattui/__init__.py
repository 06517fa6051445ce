"""The `cvat` command line and the terminal UI."""

"""The `cvat` command line: one module a command or group of commands.

Data go to stdout and narration to stderr; a command that fails says one sentence and what to do, and ends with the
exit code of its error (docs/cli.md lists them). Importing this loads no picture, video, git or terminal library.
"""

from cvattui.cli.main import main

__all__ = ["main"]

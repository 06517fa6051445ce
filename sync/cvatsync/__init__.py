"""Git under a workspace: commits, remotes and sync; the only package that knows pygit2."""

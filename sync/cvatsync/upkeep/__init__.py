"""Keeping a repository whole and small, without the git program."""

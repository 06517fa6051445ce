"""Conflicts for people: listed, in words, and settled."""

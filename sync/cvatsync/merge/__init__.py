"""Merging the trees of two commits by what their files mean."""

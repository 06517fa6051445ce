"""Keeping a workspace whole and small: fsck, gc, doctor."""

"""Undo and redo of what was done on this machine."""

"""Bringing back what was committed once."""

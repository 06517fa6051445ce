"""Point clouds: read, written, seen from above, as frames."""

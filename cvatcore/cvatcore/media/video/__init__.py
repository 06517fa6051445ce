"""Videos: their index, frames by exact number, and segments for the page."""

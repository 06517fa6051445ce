"""What git's own merges of single files leave over, taken up."""

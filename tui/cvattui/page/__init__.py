"""A page of differences: one HTML file with pictures before and after, that needs nothing else to be looked at."""

"""The library under cvatd."""

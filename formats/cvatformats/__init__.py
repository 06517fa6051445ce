"""Dataset formats, one module each behind one Protocol, listed in an explicit table."""

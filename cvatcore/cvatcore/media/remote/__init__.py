"""Media from addresses: downloaded, from public ones only."""

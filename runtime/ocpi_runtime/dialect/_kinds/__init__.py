"""The repairs, a file for each kind."""

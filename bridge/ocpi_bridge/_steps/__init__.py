"""One file for each direction between two neighbouring versions."""

"""YAML files, with the position of each value."""

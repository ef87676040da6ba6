"""The module commands."""

"""Validation against the schemas of a version."""

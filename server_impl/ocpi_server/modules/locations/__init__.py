"""The module locations."""

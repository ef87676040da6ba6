"""The module tokens."""

"""The module sessions."""

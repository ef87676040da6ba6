"""The module tariffs."""

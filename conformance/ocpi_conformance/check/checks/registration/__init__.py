"""Checks of the life of a registration, in their order: they begin it, use it and end it."""

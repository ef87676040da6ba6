"""What stops rendering."""

__all__ = ["RenderError"]


class RenderError(Exception):
    """A tool failed, warned, left something out, or is missing; the message names it."""

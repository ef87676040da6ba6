"""What stops a run of the generator."""

__all__ = ["GenerationError"]


class GenerationError(Exception):
    """Nothing was written; the message says why and what to do."""

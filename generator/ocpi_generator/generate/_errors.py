"""What stops a run of the generator."""

__all__ = ["GenerationError", "UnknownName"]


class GenerationError(Exception):
    """Nothing was written; the message states why and what to do."""


class UnknownName(GenerationError):
    """There is no such version or module."""

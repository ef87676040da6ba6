"""Rules that the documents of ``openapi/`` keep, beyond being OpenAPI."""

from ocpi_generator.lint._run import lint

__all__ = ["lint"]

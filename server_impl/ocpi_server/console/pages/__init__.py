"""The pages of the console: which function answers which path."""

from typing import Final

from ocpi_server.console._visit import Page
from ocpi_server.console.pages.overview import overview

__all__ = ["NAVIGATION", "PAGES"]

PAGES: Final[tuple[tuple[str, str, Page], ...]] = (("GET", "/", overview),)
"""Method, path below ``/console`` and page."""

NAVIGATION: Final = (("/console/", "Overview"),)
"""The pages that every page refers to, with their names."""

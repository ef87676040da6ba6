"""The reference documentation: static pages that need no network."""

from ocpi_generator.site.build import SiteError, build

__all__ = ["SiteError", "build"]

"""The site: guides, decisions, API and the bundles of all versions, without a network."""

from ocpi_generator.site._build import PagesFailed, SiteError, build

__all__ = ["PagesFailed", "SiteError", "build"]

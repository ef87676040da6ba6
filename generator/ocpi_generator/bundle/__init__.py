"""Bundles: complete, plain OpenAPI 3.0.3 documents made from the sources of a version."""

from ocpi_generator.bundle.versions import VersionBundle, as_json, bundle_version, weave

__all__ = ["VersionBundle", "as_json", "bundle_version", "weave"]

"""Bundles: complete, plain OpenAPI 3.0.3 documents made from the sources of a version."""

from ocpi_generator.bundle._contract import contract_hash
from ocpi_generator.bundle._editions import edition_text
from ocpi_generator.bundle.released import Released, read_released, release
from ocpi_generator.bundle.versions import VersionBundle, as_json, build_bundles, bundle_version

__all__ = [
    "Released",
    "VersionBundle",
    "as_json",
    "build_bundles",
    "bundle_version",
    "contract_hash",
    "edition_text",
    "read_released",
    "release",
]

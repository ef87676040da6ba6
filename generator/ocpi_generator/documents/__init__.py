"""Reading ``openapi/``: documents with positions, common parts, layers and versions."""

from ocpi_generator.documents._errata import read_errata
from ocpi_generator.documents._layers import Head, InterfaceKey, Layer, Operation, Schema
from ocpi_generator.documents._meta import Module, Patch, Removed, VersionMeta
from ocpi_generator.documents._overlays import document_sets, overlay_groups, shipped_overlays
from ocpi_generator.documents._parts import Part
from ocpi_generator.documents._shapes import METHODS, openapi_errors
from ocpi_generator.documents._specification import unread_specifications
from ocpi_generator.documents._vectors import WrittenVector
from ocpi_generator.documents._version_file import VersionFile
from ocpi_generator.documents._versions import Library, Version, by_path
from ocpi_generator.documents.references import (
    SchemaKey,
    class_at,
    parse_reference,
    part_class,
    references,
    subschemas,
)
from ocpi_generator.documents.yaml.positions import Document, DocumentPosition, Pointer, as_text

__all__ = [
    "METHODS",
    "Document",
    "DocumentPosition",
    "Head",
    "InterfaceKey",
    "Layer",
    "Library",
    "Module",
    "Operation",
    "Part",
    "Patch",
    "Pointer",
    "Removed",
    "Schema",
    "SchemaKey",
    "Version",
    "VersionFile",
    "VersionMeta",
    "WrittenVector",
    "as_text",
    "by_path",
    "class_at",
    "document_sets",
    "openapi_errors",
    "overlay_groups",
    "parse_reference",
    "part_class",
    "read_errata",
    "references",
    "shipped_overlays",
    "subschemas",
    "unread_specifications",
]

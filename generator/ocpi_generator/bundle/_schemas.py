"""Classes of a bundle: plain OpenAPI schemas made from the source schemas of a version."""

from collections.abc import Mapping
from typing import Any

from ocpi_generator.bundle.components import reference
from ocpi_generator.documents import Schema, Version, parse_reference, part_class

__all__ = ["ClassSet", "absolute", "patterned", "rewired"]


class ClassSet:
    """The classes of one version, ready for its bundles.

    Attributes:
        schemas: Every class, and every Patch class that was asked for, by name.
        modules: The module of each class.
    """

    def __init__(self, version: Version) -> None:
        self._version = version
        self._formats = _formats(version)
        self.schemas: dict[str, dict[str, Any]] = {}
        self.modules: dict[str, str] = {}
        for schema in version.schemas.values():
            self.schemas[schema.name] = self._bundled(schema)
            self.modules[schema.name] = schema.module

    def inline(self, schema: dict[str, Any], module: str) -> dict[str, Any]:
        """Build a schema that is in an operation of a module."""
        merged: dict[str, Any] = rewired(patterned(schema, self._formats), module)
        return merged

    def patch_of(self, name: str) -> str:
        """Derive the class of a partial object, and return its name."""
        patch = f"{name}Patch"
        if patch not in self.schemas:
            self.schemas[patch] = _patch(name, self.schemas[name], self._version)
            self.modules[patch] = self.modules[name]
        return patch

    def _bundled(self, schema: Schema) -> dict[str, Any]:
        merged = self.inline(schema.body, schema.module)
        return absolute(merged, self._version.meta.specification_of(schema.module))


def _formats(version: Version) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for part in version.parts:
        found |= part["formats"]
    return found


def _patch(name: str, body: Mapping[str, Any], version: Version) -> dict[str, Any]:
    """Make every property optional but those that a PATCH must carry."""
    settings = version.meta.patch
    fields, needed = body.get("properties", {}), body.get("required", [])
    patch: dict[str, Any] = {"type": "object", "description": f"Changes to a {name}."}
    if "externalDocs" in body:
        patch["externalDocs"] = body["externalDocs"]
    required = [
        field
        for field in settings.required
        if field in fields and f"{name}.{field}" not in settings.optional
    ]
    appended = [field for field in fields if f"{name}.{field}" in settings.append]
    if required:
        patch["required"] = required
    patch["properties"] = fields
    patch["x-ocpi-patch-of"] = name
    patch["x-ocpi-not-null"] = [field for field in fields if field in needed]
    if appended:
        patch["x-ocpi-append"] = appended
    return patch


def absolute(owner: Mapping[str, Any], specification: str) -> dict[str, Any]:
    """Complete the ``externalDocs`` of a class, operation or document with the specification.

    Those of overlays may be whole URLs already.
    """
    docs = owner.get("externalDocs")
    if not isinstance(docs, dict) or "://" in docs["url"]:
        return dict(owner)
    return {**owner, "externalDocs": {**docs, "url": specification + docs["url"]}}


def patterned(schema: Any, formats: Mapping[str, Mapping[str, Any]]) -> Any:
    """Add to each string the pattern of its format, or that of strings without one."""
    if isinstance(schema, list):
        return [patterned(item, formats) for item in schema]
    if not isinstance(schema, dict) or "$ref" in schema:
        return schema
    merged = {key: _inside(key, value, formats) for key, value in schema.items()}
    if schema.get("type") == "string" and not {"pattern", "enum"} & schema.keys():
        merged |= formats.get(schema.get("format", "string"), {})
    return merged


def _inside(key: str, value: Any, formats: Mapping[str, Mapping[str, Any]]) -> Any:
    if key == "properties":
        return {name: patterned(inner, formats) for name, inner in value.items()}
    if key in {"items", "not", "additionalProperties", "allOf", "oneOf", "anyOf"}:
        return patterned(value, formats)
    return value


def rewired(value: Any, module: str) -> Any:
    """Point every reference between documents at the classes of the bundle."""
    if isinstance(value, list):
        return [rewired(item, module) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _target(item, module) if key == "$ref" else rewired(item, module)
        for key, item in value.items()
    }


def _target(text: Any, module: str) -> Any:
    key = parse_reference(text, module)
    name = key[1] if key else part_class(text)
    return reference("schemas", name)["$ref"] if name else text

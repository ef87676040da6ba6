"""All bundles of a version, and the names of the classes in them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocpi_generator._problems import Refused
from ocpi_generator.bundle._examples import Examples
from ocpi_generator.bundle._interfaces import bundle_interface
from ocpi_generator.bundle._publish import published
from ocpi_generator.bundle._schemas import ClassSet
from ocpi_generator.bundle._written_vectors import written_vectors
from ocpi_generator.bundle.checks import obstacles
from ocpi_generator.bundle.components import reachable, reference
from ocpi_generator.documents import Library, Version, VersionMeta

__all__ = ["VersionBundle", "as_json", "build_bundles", "bundle_version"]


@dataclass(frozen=True, slots=True, eq=False)
class VersionBundle:
    """The bundles of one version, as the generator works with them; `published` completes them.

    Attributes:
        meta: The version, its modules and settings.
        documents: OpenAPI documents by ``module.interface``, in the order of version.toml.
        schemas: An OpenAPI document without paths whose components are the classes of all bundles,
            the derived Patch classes included and the envelopes not.
        modules: The module of each class in ``schemas``; ``types`` for shared ones.
        sources: The files that all this was made from.
        vectors: Hand-written vectors by module and key.
        examples: Examples of the classes.
    """

    meta: VersionMeta
    documents: Mapping[str, dict[str, Any]]
    schemas: dict[str, Any]
    modules: Mapping[str, str]
    sources: tuple[Path, ...]
    vectors: Mapping[str, Mapping[str, Any]]
    examples: Examples

    def files(self) -> dict[str, str]:
        """Return the text of each file of ``documents/`` by its name."""
        return {f"{name}.json": as_json(one) for name, one in self.published().items()}

    def published(self) -> dict[str, dict[str, Any]]:
        """Return all documents as others read them, ``schemas`` among them, by name."""
        documents = {**self.documents, "schemas": self.schemas}
        return {name: published(one, self.examples) for name, one in documents.items()}


def as_json(document: Mapping[str, Any]) -> str:
    """Write a bundle the way it is kept: two spaces, UTF-8, a newline at the end."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def bundle_version(root: Path, version: str) -> VersionBundle:
    """Read a version below ``root`` and build its bundles.

    Args:
        root: The folder of the documents, ``openapi``.
        version: Such as ``2.2.1``.

    Raises:
        Refused: When a document cannot be read, a layer contradicts its parent, or a reference
            leads nowhere. Lint finds more.
    """
    return build_bundles(Library(root).readable(version))


def build_bundles(version: Version) -> VersionBundle:
    """Build the bundles of a version that was read.

    Raises:
        Refused: When a reference leads nowhere or two classes share a name.
    """
    problems = list(obstacles(version))
    if problems:
        raise Refused(problems)
    classes = ClassSet(version)
    documents = {
        ".".join(key): bundle_interface(version, classes, key) for key in version.interfaces()
    }
    used = _used_classes(documents, classes)
    return VersionBundle(
        meta=version.meta,
        documents=documents,
        schemas=_schemas(version, used),
        modules={name: classes.modules[name] for name in used},
        sources=_sources(version),
        vectors=written_vectors(version),
        examples=Examples(classes.schemas, version.parts),
    )


def _used_classes(
    documents: Mapping[str, dict[str, Any]], classes: ClassSet
) -> dict[str, dict[str, Any]]:
    """Collect the classes that a bundle uses, and those that it only patches."""
    candidates = {"schemas": classes.schemas}
    used = reachable(list(documents.values()), candidates).get("schemas", {})
    patched = [one["x-ocpi-patch-of"] for one in used.values() if "x-ocpi-patch-of" in one]
    roots = [reference("schemas", name) for name in (*used, *patched)]
    return reachable(roots, candidates).get("schemas", {})


def _schemas(version: Version, used: Mapping[str, Any]) -> dict[str, Any]:
    number = version.meta.version
    info = {"title": f"{version.meta.name} {number}: classes of all bundles", "version": number}
    return {"openapi": "3.0.3", "info": info, "paths": {}, "components": {"schemas": used}}


def _sources(version: Version) -> tuple[Path, ...]:
    files = [Path(part.place.document.file) for part in version.parts]
    for layer in version.layers:
        files.append(Path(layer.file.file))
        files += [Path(document.file) for document in layer.documents]
    return tuple(sorted(files))

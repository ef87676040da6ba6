"""Versions: a folder laid over its parents, one schema or one operation at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ocpi_generator._problems import Problem, Refused
from ocpi_generator.documents._fold import Fold
from ocpi_generator.documents._layers import (
    EDITIONS,
    Head,
    InterfaceKey,
    Layer,
    Operation,
    Schema,
    read_layer,
)
from ocpi_generator.documents._meta import VersionMeta, as_meta
from ocpi_generator.documents._overlays import lay_on, with_patches
from ocpi_generator.documents._parts import Part, read_part
from ocpi_generator.documents._shapes import METHODS
from ocpi_generator.documents._vectors import WrittenVector
from ocpi_generator.documents._version_file import VersionFile
from ocpi_generator.documents._version_files import (
    read_edition_file,
    read_overlay_file,
    read_version_file,
)
from ocpi_generator.documents.references import SchemaKey

__all__ = ["Library", "Version", "by_path"]

_WHY_CHAIN = "A version is its parent plus what changed."


@dataclass(frozen=True, slots=True, eq=False)
class Version:
    """A version as it is, parents included.

    Attributes:
        meta: Its settings, those of its parents taken in.
        file: Its version.toml.
        layers: Its own folder first, then its parents.
        schemas: By module and class.
        operations: By interface, in a stable order.
        heads: By interface, of the nearest folder that has one.
        vectors: Hand-written vectors by their keys.
        parts: The common parts that it merges in, in the order of version.toml, less what it goes
            without.
    """

    meta: VersionMeta
    file: VersionFile
    layers: tuple[Layer, ...]
    schemas: Mapping[SchemaKey, Schema]
    operations: Mapping[InterfaceKey, tuple[Operation, ...]]
    heads: Mapping[InterfaceKey, Head]
    vectors: Mapping[str, WrittenVector]
    parts: tuple[Part, ...]

    @property
    def overlay(self) -> bool:
        """Whether it is an overlay on a version, and has the number of that."""
        return self.file.overlay

    @property
    def own(self) -> Layer:
        """Its own folder."""
        return self.layers[0]

    def interfaces(self) -> list[InterfaceKey]:
        """List the documents that it has, in the order of version.toml."""
        return _interfaces(self.meta)


class Library:
    """The documents below one root, each read once.

    Attributes:
        root: The folder ``openapi``.
        problems: What went wrong while reading; further use is open to the caller.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[Problem] = []
        self._layers: dict[str, Layer | None] = {}
        self._parts: dict[str, Part | None] = {}
        self._versions: dict[str, Version | None] = {}

    def names(self) -> list[str]:
        """List the versions that have a folder."""
        return sorted(path.parent.name for path in self.root.glob("*/version.toml"))

    def version(self, name: str) -> Version | None:
        """Return a version with its parents; None when it cannot be put together."""
        if name not in self._versions:
            self._versions[name] = self._assemble(name)
        return self._versions[name]

    def overlay(self, *folders: Path) -> Version | None:
        """Return a version with folders from elsewhere on top; None when that cannot be done.

        Args:
            folders: Overlays on one version, in the order in which they are laid on it.
        """
        files = [read_overlay_file(folder / "version.toml", self.problems) for folder in folders]
        read = [file for file in files if file is not None]
        if len(read) < len(files) or not all(self._has_parent(file) for file in read):
            return None
        base = self.version(read[0].raw["parent"])
        if base is None:
            return None
        layers = [
            read_layer(folder, file, self.problems)
            for folder, file in zip(folders, with_patches(read), strict=True)
        ]
        lay_on(base.schemas, layers, self.problems)
        return self._folded([*reversed(layers), *base.layers])

    def _has_parent(self, file: VersionFile) -> bool:
        parent, known = file.raw["parent"], self.names()
        if parent not in known:
            what = f"version {parent}, its parent, was not found"
            how = f"Name one of {', '.join(known) or 'none'}."
            self.problems.append(file.problem("parent", "parent", what, how, _WHY_CHAIN))
        return parent in known

    def editions(self, version: str) -> list[str]:
        """List the earlier editions of a version that have a folder."""
        found = (self.root / version / EDITIONS).glob("*/edition.toml")
        return sorted(path.parent.name for path in found)

    def edition(self, version: str, name: str) -> Version | None:
        """Return an earlier edition of a version; None when it cannot be put together."""
        chain, folder = self._chain(version), self.root / version / EDITIONS / name
        if not chain:
            return None
        file = read_edition_file(folder / "edition.toml", chain[0].file, self.problems)
        if file is None:
            return None
        return self._folded([read_layer(folder, file, self.problems), *chain])

    def readable(self, name: str) -> Version:
        """Return a version; refuse one that cannot be read.

        Raises:
            Refused: When anything about its documents is wrong.
        """
        version = self.version(name)
        if version is None or self.problems:
            raise Refused(self.problems)
        return version

    def part(self, name: str) -> Part | None:
        """Return a common part; None when it is missing or broken."""
        if name not in self._parts:
            path = self._part_path(name)
            self._parts[name] = read_part(path, self.problems) if path.is_file() else None
        return self._parts[name]

    def _part_path(self, name: str) -> Path:
        return self.root / "common" / f"{name}.yaml"

    def _parts_of(self, meta: VersionMeta, file: VersionFile) -> tuple[Part, ...]:
        for name in meta.parts:
            if not self._part_path(name).is_file():
                what, how = f"part `{name}` not found", "Name a file of openapi/common/."
                self.problems.append(file.problem(name, "part", what, how))
        parts = [self.part(name) for name in meta.parts]
        return tuple(part.without(meta.without) for part in parts if part is not None)

    def _layer(self, name: str) -> Layer | None:
        if name not in self._layers:
            folder = self.root / name
            file = read_version_file(folder / "version.toml", self.problems)
            self._layers[name] = read_layer(folder, file, self.problems) if file else None
        return self._layers[name]

    def _chain(self, name: str) -> list[Layer]:
        """Return a version's folder and its parents; empty when one is broken or they circle."""
        chain: list[Layer] = []
        wanted: str | None = name
        while wanted is not None:
            layer = self._layer(wanted)
            if layer is None:
                return []
            if layer in chain:
                what, how = f"{wanted} is its own ancestor", "Name another parent."
                problem = layer.file.problem("parent", "version", what, how, _WHY_CHAIN)
                self.problems.append(problem)
                return []
            chain.append(layer)
            wanted = layer.file.raw.get("parent")
            if wanted is not None and wanted not in self.names():
                self.problems.append(self._no_parent(layer.file, wanted))
                return []
        return chain

    def _no_parent(self, file: VersionFile, wanted: str) -> Problem:
        what = f"version {wanted}, its parent, was not found"
        others = [name for name in self.names() if name != file.raw.get("version")]
        how = f"Name one of {', '.join(others) or 'none'}, or leave `parent` out."
        return file.problem("parent", "parent", what, how, _WHY_CHAIN)

    def _assemble(self, name: str) -> Version | None:
        chain = self._chain(name)
        return self._folded(chain) if chain else None

    def _folded(self, chain: list[Layer]) -> Version:
        fold = Fold(self.problems)
        for layer in reversed(chain):
            fold.add(layer)
        meta = as_meta(fold.raw)
        file = chain[0].file
        return Version(
            meta,
            file,
            tuple(chain),
            fold.schemas,
            {key: tuple(fold.operations.get(key, ())) for key in _interfaces(meta)},
            fold.heads,
            fold.vectors,
            self._parts_of(meta, file),
        )


def _interfaces(meta: VersionMeta) -> list[InterfaceKey]:
    return [(m.name, name) for m in meta.modules.values() for name in m.interfaces]


def by_path(operations: tuple[Operation, ...]) -> dict[str, list[Operation]]:
    """Group operations by their path, paths as they first appear, methods in fixed order."""
    paths: dict[str, list[Operation]] = {}
    for operation in operations:
        paths.setdefault(operation.path, []).append(operation)
    for group in paths.values():
        group.sort(key=lambda operation: METHODS.index(operation.method))
    return paths

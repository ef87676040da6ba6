"""Folders of a version laid over each other, the oldest first."""

from dataclasses import dataclass, field
from typing import Final

from ocpi_generator._problems import Problem
from ocpi_generator.documents._layers import Head, InterfaceKey, Layer, Operation, Schema
from ocpi_generator.documents._meta import inherit
from ocpi_generator.documents._vectors import WrittenVector
from ocpi_generator.documents._version_file import VersionFile
from ocpi_generator.documents.references import SchemaKey

__all__ = ["Fold"]

_WHY_REMOVED: Final = (
    "What a version removes must be there in its parent; else it says nothing true."
)


@dataclass(slots=True, eq=False)
class Fold:
    """Lays folders over each other, the oldest first.

    Attributes:
        problems: Where to report.
        raw: Values of version.toml.
        schemas: By module and class.
        operations: By interface.
        heads: By interface.
        vectors: Hand-written vectors by their keys.
    """

    problems: list[Problem]
    raw: dict[str, object] = field(default_factory=dict)
    schemas: dict[SchemaKey, Schema] = field(default_factory=dict)
    operations: dict[InterfaceKey, list[Operation]] = field(default_factory=dict)
    heads: dict[InterfaceKey, Head] = field(default_factory=dict)
    vectors: dict[str, WrittenVector] = field(default_factory=dict)

    def add(self, layer: Layer) -> None:
        """Add a folder as the next layer."""
        self._remove(layer.file)
        self.raw = inherit(layer.file.raw, self.raw)
        self.schemas |= layer.schemas
        self.heads |= layer.heads
        self.vectors |= layer.vectors
        for key, operations in layer.operations.items():
            self.operations[key] = self._changed(self.operations.get(key, []), operations)

    def _changed(self, old: list[Operation], new: list[Operation]) -> list[Operation]:
        """Put changed operations where the old ones were, and new ones at the end."""
        changes = {operation.id: operation for operation in new}
        merged = [changes.pop(operation.id, operation) for operation in old]
        merged += [operation for operation in new if operation.id in changes]
        for operation in new:
            self._note_clash(operation, merged)
        return merged

    def _note_clash(self, new: Operation, operations: list[Operation]) -> None:
        for other in operations:
            if other is new or (other.method, other.path) != (new.method, new.path):
                continue
            what = f"{new.id} takes the place of {other.id}, which is still there"
            how = f'Add "{other.module}.{other.interface}.{other.id}" to [removed] operations.'
            why = "Two operations cannot share a method and a path."
            self.problems.append(new.place.problem("operation-clash", what, why=why, how=how))

    def _remove(self, file: VersionFile) -> None:
        removed = file.raw.get("removed", {})
        for module in removed.get("modules", []):
            self._remove_module(module, file)
        for name in removed.get("schemas", []):
            module, _, schema = name.partition("/")
            if self.schemas.pop((module, schema), None) is None:
                self._missing(file, name, "schema", "module/Class")
        for name in removed.get("operations", []):
            self._remove_operation(name, file)
        for name in removed.get("vectors", []):
            if self.vectors.pop(name, None) is None:
                self._missing(file, name, "vector", "module.interface.operation_id.name")

    def _remove_module(self, module: str, file: VersionFile) -> None:
        modules = self.raw.get("modules", {})
        if not isinstance(modules, dict) or module not in modules:
            self._missing(file, module, "module", "its identifier")
        for key in [key for key in self.schemas if key[0] == module]:
            del self.schemas[key]
        for table in (self.operations, self.heads):
            for interface in [key for key in table if key[0] == module]:
                del table[interface]

    def _remove_operation(self, name: str, file: VersionFile) -> None:
        module, _, rest = name.partition(".")
        interface, _, operation_id = rest.partition(".")
        operations = self.operations.get((module, interface), [])
        left = [operation for operation in operations if operation.id != operation_id]
        if len(left) == len(operations):
            self._missing(file, name, "operation", "module.interface.operation_id")
        self.operations[module, interface] = left

    def _missing(self, file: VersionFile, name: str, kind: str, form: str) -> None:
        what = f"the {kind} `{name}` is removed, but the parent has none of that name"
        how = f"Remove the line, or write it as {form} of the parent."
        self.problems.append(file.problem(name, "removed", what, how, _WHY_REMOVED))

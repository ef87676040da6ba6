"""Python types as they are printed, together with the imports that they need."""

from collections.abc import Iterable
from dataclasses import dataclass

from ocpi_generator.plan._errors import PlanError

__all__ = ["Import", "ImportGroup", "PyType", "group_imports"]


@dataclass(frozen=True, slots=True, order=True)
class Import:
    """One name from one module."""

    module: str
    name: str


@dataclass(frozen=True, slots=True)
class ImportGroup:
    """All names that a file imports from one module."""

    module: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PyType:
    """A type expression.

    Attributes:
        text: The expression, such as ``list[Location]``.
        imports: What has to be imported before it can be evaluated.
    """

    text: str
    imports: frozenset[Import] = frozenset()

    def inside(self, generic: str, module: str | None = None) -> "PyType":
        """Wrap the type: ``Received`` and ``Location`` make ``Received[Location]``."""
        own = frozenset({Import(module, generic)}) if module else frozenset()
        return PyType(f"{generic}[{self.text}]", self.imports | own)

    def __or__(self, other: "PyType") -> "PyType":
        return PyType(f"{self.text} | {other.text}", self.imports | other.imports)


def group_imports(imports: Iterable[Import]) -> tuple[ImportGroup, ...]:
    """Sort imports into one statement for each module.

    Raises:
        PlanError: Two modules are to give the same name.
    """
    names: dict[str, set[str]] = {}
    modules: dict[str, str] = {}
    for one in sorted(imports):
        names.setdefault(one.module, set()).add(one.name)
        if modules.setdefault(one.name, one.module) != one.module:
            both = f"{modules[one.name]} and {one.module}"
            raise PlanError(f"the name {one.name} is taken: it is in {both}")
    return tuple(ImportGroup(module, tuple(sorted(names[module]))) for module in sorted(names))

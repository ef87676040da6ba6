"""How much of a version is written by hand, and how much it takes over from its parents."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ocpi_generator._problems import Refused
from ocpi_generator.documents import Layer, Library, Version

__all__ = ["Counts", "VersionStats", "as_data", "as_table", "stats"]


@dataclass(frozen=True, slots=True)
class Counts:
    """What a version, or one of its modules, holds.

    Attributes:
        lines: Lines of YAML in its own folder, comments and empty lines included.
        own_schemas: Classes that are there.
        inherited_schemas: Classes of its parents that it has as they are.
        own_operations: Operations that are there.
        inherited_operations: Operations of its parents that it has as they are.
    """

    lines: int = 0
    own_schemas: int = 0
    inherited_schemas: int = 0
    own_operations: int = 0
    inherited_operations: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        mine, its = asdict(self), asdict(other)
        return Counts(**{name: mine[name] + its[name] for name in mine})


@dataclass(frozen=True, slots=True)
class VersionStats:
    """A version.

    Attributes:
        version: Its number.
        parent: The version that it changes, or None.
        modules: The counts of each module, and of ``types``.
    """

    version: str
    parent: str | None
    modules: Mapping[str, Counts]

    @property
    def total(self) -> Counts:
        """All modules together."""
        return sum(self.modules.values(), Counts())


def stats(root: Path, versions: Iterable[str]) -> list[VersionStats]:
    """Count.

    Args:
        root: The folder of the documents.
        versions: Which of them.

    Raises:
        Refused: A document cannot be read.
    """
    library = Library(root)
    found = [library.version(name) for name in versions]
    if library.problems:
        raise Refused(library.problems)
    return [_version(one) for one in found if one is not None]


def _version(version: Version) -> VersionStats:
    lines = _lines(version.own)
    names = ["types", *version.meta.modules]
    modules = {name: _counts(version, name, lines.get(name, 0)) for name in names}
    return VersionStats(version.meta.version, version.meta.parent, modules)


def _lines(layer: Layer) -> dict[str, int]:
    found: dict[str, int] = {}
    for document in layer.documents:
        path = Path(document.file)
        own = len(path.read_text(encoding="utf-8").splitlines())
        found[path.parent.name] = found.get(path.parent.name, 0) + own
    return found


def _counts(version: Version, module: str, lines: int) -> Counts:
    schemas = [one.version for key, one in version.schemas.items() if key[0] == module]
    operations = [
        one.version
        for key, several in version.operations.items()
        if key[0] == module
        for one in several
    ]
    own = version.own.version
    mine, ours = schemas.count(own), operations.count(own)
    return Counts(lines, mine, len(schemas) - mine, ours, len(operations) - ours)


def as_data(found: Iterable[VersionStats]) -> list[dict[str, Any]]:
    """Return the counts for machines."""
    return [{**asdict(one), "total": asdict(one.total)} for one in found]


def as_table(found: Iterable[VersionStats]) -> str:
    """Return the counts for people: a line for each version, and one for each module below it."""
    head = ("", "lines", "classes", "inherited", "operations", "inherited")
    rows = [head]
    for one in found:
        after = f" (after {one.parent})" if one.parent else ""
        rows.append(_row(f"{one.version}{after}", one.total))
        rows += [_row(f"  {name}", counts) for name, counts in one.modules.items()]
    width = max(len(row[0]) for row in rows)
    lines = (row[0].ljust(width) + "".join(cell.rjust(12) for cell in row[1:]) for row in rows)
    return "\n".join(lines) + "\n"


def _row(name: str, counts: Counts) -> tuple[str, str, str, str, str, str]:
    return (
        name,
        str(counts.lines),
        str(counts.own_schemas),
        str(counts.inherited_schemas),
        str(counts.own_operations),
        str(counts.inherited_operations),
    )

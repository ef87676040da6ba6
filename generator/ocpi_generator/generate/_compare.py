"""What differs between a generated package and what would be generated now."""

from dataclasses import dataclass
from pathlib import Path

from ocpi_generator.generate._manifest import files_below

__all__ = ["StaleFile", "compare"]


@dataclass(frozen=True, slots=True, order=True)
class StaleFile:
    """One file that is not as it should be.

    Attributes:
        path: Below the package.
        kind: ``stale`` for other contents, ``missing``, or ``orphan`` for a file that nothing
            generates.
    """

    path: str
    kind: str


def compare(expected: Path, found: Path) -> list[StaleFile]:
    """List the differences of two folders by path."""
    wanted = {path.relative_to(expected): path for path in files_below(expected)}
    present = {path.relative_to(found): path for path in files_below(found)}
    differences = [
        StaleFile(name.as_posix(), "missing" if name not in present else "stale")
        for name, path in wanted.items()
        if name not in present or present[name].read_bytes() != path.read_bytes()
    ]
    orphans = [StaleFile(name.as_posix(), "orphan") for name in present if name not in wanted]
    return sorted(differences + orphans)

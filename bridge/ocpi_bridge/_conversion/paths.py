"""Places in objects, and how they move from version to version."""

from collections.abc import Mapping
from typing import TypeAlias

__all__ = ["Moves", "Path", "inverted", "moved", "pointer"]

Path: TypeAlias = tuple[str | int, ...]

Moves: TypeAlias = Mapping[Path, Path | None]
"""Where in the source a place of the target comes from: only where they differ, and for all below.

None stands for a value without counterpart in the source.
"""


def pointer(path: Path) -> str:
    """Write a path as an RFC 6901 JSON pointer."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)


def moved(path: Path, moves: Moves) -> Path | None:
    """Follow the longest known beginning of a path; None if it leads nowhere."""
    for length in range(len(path), -1, -1):
        if path[:length] in moves:
            start = moves[path[:length]]
            return None if start is None else start + path[length:]
    return path


def inverted(moves: Moves) -> dict[Path, Path | None]:
    """Turn the moves around: where in the target a place of the source went."""
    return {start: end for end, start in moves.items() if start is not None}

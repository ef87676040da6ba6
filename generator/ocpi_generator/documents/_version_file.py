"""``version.toml`` as it was read."""

from dataclasses import dataclass
from typing import Any, Final

from ocpi_generator._problems import Problem

__all__ = ["WHY", "VersionFile"]

WHY: Final = "version.toml decides what the bundles of the version are made of."


@dataclass(frozen=True, slots=True, eq=False)
class VersionFile:
    """``version.toml`` as it was read: raw values and the text, to find lines in it.

    Attributes:
        file: The path for people.
        text: Its text.
        raw: Its values, shapes not yet checked.
        overlay: Whether it belongs to an overlay or an edition, which has the number of its parent.
    """

    file: str
    text: str
    raw: dict[str, Any]
    overlay: bool = False

    def problem(self, word: str, rule: str, what: str, how: str, why: str = WHY) -> Problem:
        """Report that something is wrong at the first line that holds a word."""
        return Problem(self.file, self._line(word), "", rule, what, why, how)

    def _line(self, word: str) -> int:
        for number, line in enumerate(self.text.splitlines(), start=1):
            if word in line.partition("#")[0]:
                return number
        return 1

"""Entering a module into ``version.toml`` without touching what else is there."""

import re
import tomllib
from collections.abc import Sequence

from ocpi_generator._problems import Problem, Refused
from ocpi_generator.documents import VersionFile

__all__ = ["with_module"]

_HEAD = re.compile(r"\s*\[\[?\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?")
_ASIDE = re.compile(r"\s*(#.*)?")


def with_module(file: VersionFile, name: str, kind: str, interfaces: Sequence[str]) -> str:
    """Add a module behind the others.

    Returns:
        The text with everything else, comments included, as it was.

    Raises:
        Refused: The file is written in a form that cannot be added to.
    """
    names = ", ".join(f'"{name}"' for name in interfaces)
    lines = file.text.splitlines()
    end = _end_of_modules(lines)
    table = ["", f"[modules.{name}]", f'kind = "{kind}"', f"interfaces = [{names}]"]
    text = "\n".join([*lines[:end], *table, *lines[end:]]) + "\n"
    added = {"kind": kind, "interfaces": list(interfaces)}
    if not _adds(file.text, text, name, added):
        raise Refused([_unusual(file, name, table)])
    return text


def _end_of_modules(lines: Sequence[str]) -> int:
    """Find the line behind the last module, or behind the last line if there is none."""
    heads = [(n, found[1]) for n, line in enumerate(lines) if (found := _HEAD.fullmatch(line))]
    modules = [n for n, head in heads if head.startswith("modules.")]
    later = [n for n, _ in heads if modules and n > modules[-1]]
    end = later[0] if later else len(lines)
    while end and _ASIDE.fullmatch(lines[end - 1]):
        end -= 1  # what is right above the next table belongs to it
    return end


def _adds(old: str, new: str, name: str, added: object) -> bool:
    """Return whether the only difference is the new module."""
    wanted = tomllib.loads(old)
    wanted["modules"] = {**wanted.get("modules", {}), name: added}
    try:
        return tomllib.loads(new) == wanted
    except tomllib.TOMLDecodeError:
        return False


def _unusual(file: VersionFile, name: str, table: Sequence[str]) -> Problem:
    what, why = f"{name} cannot be added here", "Modules are written in a form of their own."
    how = f"Write each module as a table, such as {' '.join(table[1:])}"
    return file.problem("modules", "version", what, how, why)

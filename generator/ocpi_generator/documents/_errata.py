"""``docs/errata.toml``: readings chosen where the specification contradicts itself."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from ocpi_generator._problems import Problem

__all__ = ["read_errata"]

_WHY: Final = "Documents, audit and released contracts rely on what an erratum says."
_TEXTS: Final = ("id", "reading", "reason", "leniency")
_LISTS: Final = ("versions", "where")


def read_errata(root: Path, problems: list[Problem]) -> frozenset[str]:
    """List the ids of the errata in ``docs/`` beside the root; there may be none.

    Args:
        root: The folder of the documents.
        problems: Takes up what is wrong with the file.
    """
    folder = root.parent if root.name else root.absolute().parent
    path = folder / "docs" / "errata.toml"
    if not path.is_file():
        return frozenset()
    try:
        text = path.read_text(encoding="utf-8")
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        match = re.search(r"at line (\d+)", str(error))
        line = int(match.group(1)) if match else 1
        problems.append(_problem(path, line, "toml-syntax", str(error), "Correct the line."))
        return frozenset()
    errata = raw.get("erratum", [])
    if raw.keys() - {"erratum"} or not _is_tables(errata):
        how = "Write each as [[erratum]]."
        problems.append(_problem(path, 1, "erratum", "there is more than errata in it", how))
        return frozenset()
    problems.extend(_faults(path, text, errata))
    return frozenset(str(one.get("id")) for one in errata)


def _problem(path: Path, line: int, rule: str, what: str, how: str) -> Problem:
    return Problem(path.as_posix(), line, "", rule, what, _WHY, how)


def _is_tables(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def _faults(path: Path, text: str, errata: list[Mapping[str, Any]]) -> Iterator[Problem]:
    heads = [n for n, line in enumerate(text.splitlines(), 1) if line.strip() == "[[erratum]]"]
    taken: set[str] = set()
    for line, erratum in zip(heads, errata, strict=False):
        name = erratum.get("id")
        for key in (*_TEXTS, *_LISTS):
            value = erratum.get(key)
            if not value or not isinstance(value, str if key in _TEXTS else list):
                what = f"{key} of the erratum {name} is missing"
                yield _problem(path, line, "erratum", what, f"Write {key}.")
        if name in taken:
            what = f"there are two errata {name}"
            yield _problem(path, line, "erratum", what, "Give this one an id of its own.")
        taken.add(str(name))

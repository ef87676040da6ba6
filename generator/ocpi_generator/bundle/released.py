"""``openapi/released.toml``: the contracts that partners already rely on.

A hash in it changes only together with the erratum that justifies the change.
"""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ocpi_generator._problems import Problem
from ocpi_generator.bundle._contract import contract_hash
from ocpi_generator.bundle.versions import VersionBundle

__all__ = ["Released", "ReleasedContract", "read_released", "release"]

_WHY: Final = "Partners rely on what was released; only an erratum justifies a change."
_HEADER: Final = """\
# The contracts of released bundles: hashes without descriptions, summaries, tags and links.
# `ocpi release` writes this file. A hash changes only beside the erratum that justifies it.
"""


@dataclass(frozen=True, slots=True)
class ReleasedContract:
    """One released bundle.

    Attributes:
        hash: Of its contract.
        erratum: The id in docs/errata.toml that justifies the last change, if there was one.
    """

    hash: str
    erratum: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Released:
    """The file as it was read.

    Attributes:
        path: Where it is, or would be.
        text: Its text.
        entries: By version and ``module.interface``.
    """

    path: Path
    text: str
    entries: Mapping[str, Mapping[str, ReleasedContract]]

    def line(self, version: str, name: str) -> int:
        """Find the line of an entry; 0 if there is none."""
        inside = False
        for number, line in enumerate(self.text.splitlines(), start=1):
            if line.startswith("["):
                inside = line.strip() == f'["{version}"]'
            elif inside and line.startswith(f'"{name}"'):
                return number
        return 0

    def problems(self, bundle: VersionBundle, errata: frozenset[str]) -> list[Problem]:
        """Name the released bundles of a version whose contract is no longer the same."""
        version = bundle.meta.version
        found: list[Problem] = []
        for name, entry in self.entries.get(version, {}).items():
            document = bundle.documents.get(name)
            if document is None:
                found.append(self._gone(version, name))
            elif contract_hash(document) != entry.hash:
                found.append(self.changed(version, name))
            if entry.erratum is not None and entry.erratum not in errata:
                found.append(self.unknown_erratum(version, name, entry.erratum))
        return found

    def _problem(self, version: str, name: str, rule: str, what: str, how: str) -> Problem:
        line = self.line(version, name)
        return Problem(self.path.as_posix(), line, "", rule, what, _WHY, how)

    def changed(self, version: str, name: str) -> Problem:
        """Report that the contract of a released bundle changed."""
        what = f"the contract of the released bundle {version} {name} changes"
        how = (
            "Take the change back; or write down the erratum that justifies it and run "
            f"`ocpi release --version {version} --erratum ID`."
        )
        return self._problem(version, name, "released", what, how)

    def _gone(self, version: str, name: str) -> Problem:
        what = f"the released bundle {version} {name} is missing"
        return self._problem(version, name, "released", what, "Restore it.")

    def unknown_erratum(self, version: str, name: str, erratum: str) -> Problem:
        """Report that a cited erratum does not exist."""
        what = f"the erratum {erratum} of {version} {name} is not in docs/errata.toml"
        return self._problem(version, name, "erratum", what, "Add it there.")


def read_released(root: Path, problems: list[Problem]) -> Released:
    """Read ``released.toml`` below the root; one that is missing is empty."""
    path = root / "released.toml"
    if not path.is_file():
        return Released(path, "", {})
    text = path.read_text(encoding="utf-8")
    raw = _toml(path, text, problems)
    entries: dict[str, dict[str, ReleasedContract]] = {}
    for version, table in raw.items():
        for name, value in table.items() if isinstance(table, dict) else ():
            entry = _entry(value)
            if entry is None:
                what, how = f"the entry of {version} {name} is not a hash", "Run `ocpi release`."
                line = Released(path, text, {}).line(version, name)
                problems.append(Problem(path.as_posix(), line, "", "released", what, _WHY, how))
            else:
                entries.setdefault(version, {})[name] = entry
    return Released(path, text, entries)


def _toml(path: Path, text: str, problems: list[Problem]) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        match = re.search(r"at line (\d+)", str(error))
        line = int(match.group(1)) if match else 1
        how = "Correct the line."
        problems.append(Problem(path.as_posix(), line, "", "toml-syntax", str(error), _WHY, how))
        return {}


def _entry(value: object) -> ReleasedContract | None:
    if isinstance(value, str):
        return ReleasedContract(value)
    if isinstance(value, dict) and isinstance(value.get("hash"), str):
        erratum = value.get("erratum")
        return ReleasedContract(value["hash"], erratum if isinstance(erratum, str) else None)
    return None


def release(
    released: Released,
    bundle: VersionBundle,
    *,
    names: Iterable[str],
    erratum: str | None,
    errata: frozenset[str],
) -> tuple[str, list[Problem]]:
    """Enter the contracts of bundles.

    Args:
        released: What is there now.
        bundle: The version.
        names: The bundles to enter, as ``module.interface``.
        erratum: What justifies changes to entries that are there.
        errata: The errata that exist.

    Returns:
        The new text of the file, and why it must not be written, if so.
    """
    version = bundle.meta.version
    entries = dict(released.entries.get(version, {}))
    problems: list[Problem] = []
    for name in names:
        new, old = contract_hash(bundle.documents[name]), entries.get(name)
        if old is None:
            entries[name] = ReleasedContract(new)
        elif old.hash != new and erratum is None:
            problems.append(released.changed(version, name))
        elif old.hash != new and erratum not in errata:
            problems.append(released.unknown_erratum(version, name, str(erratum)))
        elif old.hash != new:
            entries[name] = ReleasedContract(new, erratum)
    return _text({**released.entries, version: entries}), problems


def _text(entries: Mapping[str, Mapping[str, ReleasedContract]]) -> str:
    blocks = [_HEADER]
    for version in sorted(entries):
        lines = [f'["{version}"]']
        for name, entry in sorted(entries[version].items()):
            lines.append(f"{json.dumps(name)} = {_value(entry)}")
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def _value(entry: ReleasedContract) -> str:
    if entry.erratum is None:
        return json.dumps(entry.hash)
    return f"{{hash = {json.dumps(entry.hash)}, erratum = {json.dumps(entry.erratum)}}}"

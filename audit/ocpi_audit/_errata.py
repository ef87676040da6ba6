"""Readings that we have accepted: ``docs/errata.toml``, and which differences they explain.

An erratum names differences in the words of the audit:

    explains = ["GeoLocation.latitude length: 10 -> 11"]
    explains_in = {"2.3.0" = ["Role.PTP value: nothing -> there"]}
    examples = ["examples/tariff_put_example.json"]

``explains`` holds for each of its ``versions``, ``explains_in`` for one version or extension. Where
a sentence makes a class of another one, the erratum shows it:

    derives = {TerminalCreation = {of = "Terminal", optional = ["last_updated"]}}
"""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ocpi_audit._profiles import WrongUsage

__all__ = ["Derived", "Errata", "Explanation", "read_errata"]


@dataclass(frozen=True, slots=True)
class Explanation:
    """One difference, or one example, that an erratum explains.

    Attributes:
        erratum: The id of the erratum.
        what: The difference in the words of the audit, or the name of the example.
    """

    erratum: str
    what: str

    def parts(self) -> tuple[str, str, str]:
        """Take a difference apart: its subject, its aspect, and what our documents say."""
        about, _, values = self.what.partition(": ")
        subject, _, aspect = about.rpartition(" ")
        return subject, aspect, values.rpartition(" -> ")[2]


@dataclass(frozen=True, slots=True)
class Derived:
    """A class that a sentence makes of another one.

    Attributes:
        name: The class.
        of: The class that it has the fields of.
        optional: Fields that it does not require, other than that one.
        link: ``file#anchor`` of the sentence; nothing if it is that of the other class.
    """

    name: str
    of: str
    optional: tuple[str, ...] = ()
    link: str = ""


@dataclass(frozen=True, slots=True)
class Errata:
    """What is explained in one version.

    Attributes:
        derived: Classes that sentences make of others.
        differences: By the words of the difference.
        examples: By the name of the example.
    """

    differences: Mapping[str, Explanation]
    examples: Mapping[str, Explanation]
    derived: tuple[Derived, ...] = ()

    def about(self, is_there: Callable[[str], bool]) -> "Errata":
        """Return the readings without those on subjects that are not there."""
        kept = {what: each for what, each in self.differences.items() if is_there(each.parts()[0])}
        return replace(self, differences=kept)


def read_errata(path: Path | None, version: str, *names: str) -> Errata:
    """Read what is explained in a version.

    Args:
        path: The file, or nothing.
        version: The version whose documents are audited.
        names: The version, extension or edition that is audited, and what its readings hold for.

    Raises:
        WrongUsage: The file cannot be read, or explains in another form than the above.
    """
    entries = [] if path is None else _entries(path)
    explained = [each for entry in entries for name in names for each in _explained(entry, name)]
    shown = [each for entry in entries for each in _examples(entry, version)]
    return Errata(
        differences={each.what: each for each in explained},
        examples={each.what: each for each in shown},
        derived=tuple(
            Derived(key, raw["of"], tuple(raw.get("optional", ())), raw.get("link", ""))
            for entry in entries
            if version in entry["versions"]
            for key, raw in entry.get("derives", {}).items()
        ),
    )


def _entries(path: Path) -> list[Mapping[str, Any]]:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        entries = raw.get("erratum", [])
        for entry in entries:
            _check(entry, path)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError) as error:
        raise WrongUsage(f"{path} cannot be read: {error}") from error
    return list(entries)


def _check(entry: Mapping[str, Any], path: Path) -> None:
    lists = [entry["versions"], entry.get("explains", []), entry.get("examples", [])]
    lists += entry.get("explains_in", {}).values()
    if not all(isinstance(each, list) and _texts(each) for each in lists):
        raise WrongUsage(f"{path}: {entry['id']} does not list what it explains.")


def _texts(values: Iterable[object]) -> bool:
    return all(isinstance(value, str) for value in values)


def _explained(entry: Mapping[str, Any], name: str) -> list[Explanation]:
    everywhere = entry.get("explains", []) if name in entry["versions"] else []
    here = entry.get("explains_in", {}).get(name, [])
    return [Explanation(entry["id"], what) for what in (*everywhere, *here)]


def _examples(entry: Mapping[str, Any], version: str) -> list[Explanation]:
    if version not in entry["versions"]:
        return []
    return [Explanation(entry["id"], what) for what in entry.get("examples", [])]

"""Where each version of the specification is, and how its chapters are built."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

__all__ = ["Dialect", "HeaderRule", "Profile", "Profiles", "WrongUsage", "read_profiles"]

_PACKAGED: Final = "profiles.toml"


class WrongUsage(Exception):
    """What was asked for cannot be done, and what to give instead; the exit code is 2."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the chapters of some versions are written.

    Attributes:
        suffix: How the names of their files end.
        base: What URL structures begin with; its group ``name`` names the endpoint.
        files: Stems of files and the modules that they describe.
        interfaces: Headings and the interfaces that begin there.
        names: Classes whose headings do not name them.
        characters: The pattern of what a string of a type may hold.
        sentences: What sentences say that tables do not: values by subject and aspect.
    """

    suffix: str
    base: re.Pattern[str]
    files: Mapping[str, str]
    interfaces: Mapping[str, str]
    names: Mapping[str, str]
    characters: Mapping[str, str]
    sentences: Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class HeaderRule:
    """What sentences say of a header.

    Attributes:
        group: ``ids``, ``routing`` or ``paging``.
        required: Whether it must be there.
        type: Its type, where no table gives one.
        range: What a count may be, such as ``0..``.
    """

    group: str
    required: bool = False
    type: str = "string"
    range: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """Where a version is.

    Attributes:
        name: How it is called on the command line.
        version: The version whose documents hold it.
        branches: Where its newest text is; the first that a clone has counts.
        folder: The folder in it, or nothing.
        dialect: How it is written.
        extension: The name under which the documents mark what it adds, or nothing.
        edition: The name of the earlier edition that it is, or nothing.
    """

    name: str
    version: str
    branches: tuple[str, ...]
    folder: str
    dialect: Dialect
    extension: str = ""
    edition: str = ""


@dataclass(frozen=True, slots=True)
class Profiles:
    """All versions, and what holds for all of them.

    Attributes:
        url: Where the pages are that documents link to.
        versions: By name.
        headers: What sentences say of headers.
        ranges: What counts in parameters may be.
        explanations: First columns of tables that state nothing, by module.
    """

    url: str
    versions: Mapping[str, Profile]
    headers: Mapping[str, HeaderRule]
    ranges: Mapping[str, str]
    explanations: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def pages(self, version: str) -> tuple[str, ...]:
        """List what links of the documents of a version may begin with."""
        own = [each for each in self.versions.values() if each.version == version]
        return tuple(
            f"{self.url}{branch}/{each.folder + '/' if each.folder else ''}"
            for each in own
            for branch in each.branches
        )

    def extensions(self, version: str) -> frozenset[str]:
        """List what extends a version."""
        own = (each for each in self.versions.values() if each.version == version)
        return frozenset(each.extension for each in own if each.extension)


def read_profiles(path: Path | None = None) -> Profiles:
    """Read where the versions are.

    Args:
        path: A file like the packaged one, for versions that this does not know.

    Raises:
        WrongUsage: There is no such file, or something required is missing in it.
    """
    source = files("ocpi_audit") / _PACKAGED if path is None else path
    try:
        return _profiles(tomllib.loads(source.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WrongUsage(f"{source} cannot be read: {error}") from error
    except (KeyError, TypeError, re.error) as error:
        raise WrongUsage(f"{source} is not a list of versions: {error!r}") from error


def _profiles(raw: Mapping[str, Any]) -> Profiles:
    common = raw.get("sentences", [])
    dialects = {name: _dialect(each, common) for name, each in raw["dialects"].items()}
    versions = {name: _profile(name, each, dialects) for name, each in raw["versions"].items()}
    return Profiles(
        url=raw["url"],
        versions=versions,
        headers={name: HeaderRule(**each) for name, each in raw.get("headers", {}).items()},
        ranges={name: each["range"] for name, each in raw.get("parameters", {}).items()},
        explanations={key: tuple(each) for key, each in raw.get("explanations", {}).items()},
    )


def _dialect(raw: Mapping[str, Any], common: Sequence[Mapping[str, str]]) -> Dialect:
    return Dialect(
        suffix=raw["suffix"],
        base=re.compile(raw["base"]),
        files=raw["files"],
        interfaces=raw["interfaces"],
        names=raw.get("names", {}),
        characters=raw["characters"],
        sentences={
            (each["subject"], aspect): value
            for each in (*common, *raw.get("sentences", []))
            for aspect, value in each.items()
            if aspect != "subject"
        },
    )


def _profile(name: str, raw: Mapping[str, Any], dialects: Mapping[str, Dialect]) -> Profile:
    return Profile(
        name=name,
        version=raw.get("of", name),
        branches=tuple(raw["branches"]),
        folder=raw.get("folder", ""),
        dialect=dialects[raw["dialect"]],
        extension=raw.get("extension", ""),
        edition=raw.get("edition", ""),
    )

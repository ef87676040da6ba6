"""``docs/errata.toml`` rendered for people: how we read the specification where it is unclear."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ocpi_generator._problems import Problem, Refused
from ocpi_generator.documents import VersionMeta, read_errata

__all__ = ["Erratum", "errata_of", "paths", "rendered", "specifications"]

_HEADER: Final = """\
<!-- Rendered from errata.toml by `ocpi errata`. Not to be edited: change errata.toml instead. -->

# Readings of the specification

Where the specification contradicts itself or leaves a gap: what we read there, why, and what is
taken from others all the same. The identifiers never change; documents, `openapi/released.toml`
and checks cite them.
"""


@dataclass(frozen=True, slots=True)
class Erratum:
    """One place where the specification can be read in more than one way.

    Attributes:
        id: Never changes.
        versions: The versions of OCPI that it holds for.
        where: ``file#anchor`` on the branch of the version, or ``extension:file#anchor`` on that
            of one of its extensions.
        reading: What our documents say and our parties send.
        reason: Why this reading.
        leniency: What is accepted beyond it; ``none`` if nothing.
        examples: Official examples that contradict the tables because of it; ``extension:file``
            where they do so on the branch of the extension alone.
    """

    id: str
    versions: tuple[str, ...]
    where: tuple[str, ...]
    reading: str
    reason: str
    leniency: str
    examples: tuple[str, ...]


def paths(root: Path) -> tuple[Path, Path]:
    """Return source and rendering for the folder of the documents: in ``docs`` beside it."""
    docs = (root.parent if root.name else root.absolute().parent) / "docs"
    return docs / "errata.toml", docs / "errata.md"


def errata_of(root: Path) -> list[Erratum]:
    """Read the errata in their order.

    Args:
        root: The folder of the documents.

    Raises:
        Refused: The file is not TOML, or an entry lacks something.
    """
    problems: list[Problem] = []
    ids = read_errata(root, problems)
    if problems:
        raise Refused(problems)
    if not ids:
        return []
    raw = tomllib.loads(paths(root)[0].read_text(encoding="utf-8"))
    return [_erratum(one) for one in raw["erratum"]]


def _erratum(raw: Mapping[str, Any]) -> Erratum:
    return Erratum(
        id=raw["id"],
        versions=tuple(raw["versions"]),
        where=tuple(raw["where"]),
        reading=raw["reading"],
        reason=raw["reason"],
        leniency=raw["leniency"],
        examples=tuple(raw.get("examples", ())),
    )


def specifications(versions: Iterable[VersionMeta]) -> dict[str, str]:
    """Return the URL of the specification by version, and by ``version:extension``."""
    found: dict[str, str] = {}
    for meta in versions:
        found[meta.version] = meta.specification
        own = {name: module.specification for name, module in meta.modules.items()}
        found |= {f"{meta.version}:{name}": url for name, url in own.items() if url}
    return found


def rendered(errata: Sequence[Erratum], specifications: Mapping[str, str]) -> str:
    """Render the errata as Markdown.

    Args:
        errata: In the order in which they stand.
        specifications: The URL of the specification by version, with a slash at its end, and by
            ``version:extension``; places in what is not among them get no link.
    """
    return _HEADER + "".join(_section(one, specifications) for one in errata)


def _section(erratum: Erratum, specifications: Mapping[str, str]) -> str:
    lines = [
        f"\n## {erratum.id}\n",
        erratum.reading,
        "",
        f"- Why: {erratum.reason}",
        f"- Also accepted: {'nothing' if erratum.leniency == 'none' else erratum.leniency}",
        f"- Versions: {', '.join(erratum.versions)}",
    ]
    for place in erratum.where:
        links = ", ".join(_links(erratum, place, specifications))
        lines.append(f"- Where: `{place}`" + (f" ({links})" if links else ""))
    lines += [f"- Example that contradicts the tables: `{one}`" for one in erratum.examples]
    return "\n".join(lines) + "\n"


def _links(erratum: Erratum, place: str, specifications: Mapping[str, str]) -> Iterator[str]:
    extension, _, anchor = place.rpartition(":")
    for version in erratum.versions:
        base = specifications.get(f"{version}:{extension}" if extension else version)
        if base:
            yield f"[{version}]({base}{anchor})"

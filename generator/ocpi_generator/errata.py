"""``docs/errata.toml`` rendered for people: how we read the specification where it is unclear."""

import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ocpi_generator.problems import Problem, Refused

__all__ = ["Erratum", "errata_of", "paths", "rendered"]

_WHY: Final = "Documents, lint and checks cite these entries, and people read them."
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
        where: ``file#anchor`` on the branch of the version.
        reading: What our documents say and our parties send.
        reason: Why this reading.
        leniency: What is accepted beyond it; ``none`` if nothing.
        examples: Official examples that contradict the tables because of it.
    """

    id: str
    versions: tuple[str, ...]
    where: tuple[str, ...]
    reading: str
    reason: str
    leniency: str
    examples: tuple[str, ...] = ()


def paths(root: Path) -> tuple[Path, Path]:
    """Give source and rendering for the folder of the documents: in ``docs`` beside it."""
    docs = root.parent / "docs"
    return docs / "errata.toml", docs / "errata.md"


def errata_of(path: Path, versions: Collection[str]) -> list[Erratum]:
    """Read the errata in their order.

    Args:
        path: The source.
        versions: The versions that there are.

    Raises:
        Refused: The file is missing, is no TOML, or an entry lacks something.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Refused([_problem(path, 0, str(error), "Mend the file.")]) from error
    entries = raw.get("erratum", [])
    faults = list(_faults(path, entries, versions))
    if faults:
        raise Refused(faults)
    return [Erratum(**{key: _frozen(value) for key, value in one.items()}) for one in entries]


def rendered(errata: Sequence[Erratum], specifications: Mapping[str, str]) -> str:
    """Render the errata as Markdown.

    Args:
        errata: In the order in which they stand.
        specifications: The URL of the specification by version, with a slash at its end.
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
        links = [f"[{one}]({specifications[one]}{place})" for one in erratum.versions]
        lines.append(f"- Where: `{place}` ({', '.join(links)})")
    lines += [f"- Example that contradicts the tables: `{one}`" for one in erratum.examples]
    return "\n".join(lines) + "\n"


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_text, value))


_FIELDS: Final[Mapping[str, tuple[Callable[[object], bool], str]]] = {
    "id": (_is_text, "a text"),
    "versions": (_is_texts, "a list of texts"),
    "where": (_is_texts, "a list of texts"),
    "reading": (_is_text, "a text"),
    "reason": (_is_text, "a text"),
    "leniency": (_is_text, "a text"),
    "examples": (_is_texts, "a list of texts"),
}
_OPTIONAL: Final = frozenset({"examples"})


def _faults(
    path: Path, entries: Sequence[Mapping[str, Any]], versions: Collection[str]
) -> Iterator[Problem]:
    lines = path.read_text(encoding="utf-8").splitlines()
    seen: set[str] = set()
    for number, entry in enumerate(entries, start=1):
        name = str(entry.get("id", f"number {number}"))
        line = next((at for at, one in enumerate(lines, 1) if f'"{name}"' in one), 0)
        for what, how in _entry_faults(entry, versions):
            yield _problem(path, line, f"the erratum {name} {what}", how)
        if name in seen:
            yield _problem(path, line, f"the erratum {name} stands here twice", "Rename one.")
        seen.add(name)


def _entry_faults(entry: Mapping[str, Any], versions: Collection[str]) -> Iterator[tuple[str, str]]:
    for key in entry.keys() - _FIELDS.keys():
        yield f"has an unknown `{key}`", f"Use {', '.join(_FIELDS)}."
    for key, (is_right, wanted) in _FIELDS.items():
        if key not in entry:
            if key not in _OPTIONAL:
                yield f"lacks `{key}`", f"Add `{key}`, {wanted}."
        elif not is_right(entry[key]):
            yield f"has a `{key}` that is not {wanted}", f"Write {wanted}."
        elif key == "versions" and (unknown := [one for one in entry[key] if one not in versions]):
            yield f"is about {', '.join(unknown)}", f"Use {', '.join(sorted(versions))}."


def _problem(path: Path, line: int, what: str, how: str) -> Problem:
    return Problem(path.as_posix(), line, "", "erratum", what, _WHY, how)

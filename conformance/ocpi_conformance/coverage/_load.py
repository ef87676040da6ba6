"""The files of requirements and faults, read with an error for each mistake in them."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from ocpi_conformance.coverage._requirement import FaultDescription, Requirement

__all__ = [
    "Chapter",
    "RequirementsError",
    "RequirementsProblem",
    "load_faults",
    "load_requirements",
    "shipped_requirements",
]

T = TypeVar("T")

_FAULTS = "faults.toml"
_PACKAGE = Path(__file__).resolve().parents[1]
_SECTION = re.compile(r"[\w./-]+\.(asciidoc|md)#[\w.-]+")
_FIX_FIELD = "Write it as the other entries of the file do."


@dataclass(frozen=True, slots=True)
class RequirementsProblem:
    """What is wrong in a file.

    Attributes:
        file: Its path.
        line: Where, from 1.
        what: What is wrong, with the value.
        why: Which rule it breaks.
        fix: What to do.
    """

    file: str
    line: int
    what: str
    why: str
    fix: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what} {self.why} {self.fix}"


class RequirementsError(ValueError):
    """Files of requirements cannot be used; its text lists everything that is wrong."""

    def __init__(self, problems: Sequence[RequirementsProblem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Chapter:
    """The requirements of one chapter.

    Attributes:
        name: As in the ids of its requirements.
        title: For people.
        requirements: In the order of the chapter.
    """

    name: str
    title: str
    requirements: tuple[Requirement, ...]


def shipped_requirements() -> Path:
    """Return the folder of the files: in the wheel below the package, in the repository beside."""
    inside = _PACKAGE / "requirements"
    return inside if inside.is_dir() else _PACKAGE.parent / "requirements"


def load_requirements(folder: Path | None = None) -> list[Chapter]:
    """Return all chapters, in the order of their file names.

    Args:
        folder: Where the files are; by default those that are shipped.

    Raises:
        RequirementsError: A file cannot be read, or an entry is wrong.
    """
    problems: list[RequirementsProblem] = []
    chapters: list[Chapter] = []
    seen: dict[str, str] = {}
    for path in sorted((folder or shipped_requirements()).glob("*.toml")):
        if path.name == _FAULTS:
            continue
        source = _Source(path)
        found = source.entries("requirement", Requirement, problems)
        for line, one in found:
            problems += _entry_problems(source, line, one, seen)
        entries = tuple(one for _, one in found)
        name = str(source.data.get("chapter", ""))
        if name != path.stem:
            problems.append(source.problem(
                1, f"chapter is {name!r}.", "It must be the name of the file.",
                f"Write chapter = {path.stem!r}.",
            ))  # fmt: skip
        chapters.append(Chapter(path.stem, str(source.data.get("title", path.stem)), entries))
    if problems:
        raise RequirementsError(problems)
    return chapters


def load_faults(folder: Path | None = None) -> list[FaultDescription]:
    """Return the faults by which rules were proved.

    Raises:
        RequirementsError: The file cannot be read, or an entry is wrong.
    """
    path = (folder or shipped_requirements()) / _FAULTS
    problems: list[RequirementsProblem] = []
    source = _Source(path)
    found = source.entries("fault", FaultDescription, problems)
    names: set[str] = set()
    for line, one in found:
        if one.name in names:
            problems.append(source.problem(
                line, f"The fault {one.name} occurs twice.", "A name stands for one fault.",
                "Rename one of them.",
            ))  # fmt: skip
        names.add(one.name)
    if problems:
        raise RequirementsError(problems)
    return [one for _, one in found]


class _Source:
    """One file, with the lines of its entries."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.text = path.read_text(encoding="utf-8")
            self.data = tomllib.loads(self.text)
        except (OSError, ValueError) as error:
            problem = RequirementsProblem(
                str(path), 1, "The file cannot be read.", f"{error}.", "Correct its TOML."
            )
            raise RequirementsError([problem]) from None

    def problem(self, line: int, what: str, why: str, fix: str) -> RequirementsProblem:
        """Describe what is wrong at a line."""
        return RequirementsProblem(str(self.path), line, what, why, fix)

    def entries(
        self, kind: str, made: type[T], problems: list[RequirementsProblem]
    ) -> list[tuple[int, T]]:
        """Return the entries with their lines; what is wrong is added to the problems."""
        heads = [
            number
            for number, line in enumerate(self.text.splitlines(), 1)
            if line.strip() == f"[[{kind}]]"
        ]
        found: list[tuple[int, T]] = []
        tables: list[dict[str, Any]] = self.data.get(kind, [])
        for line, table in zip(heads, tables, strict=False):
            try:
                found.append((line, msgspec.convert(table, made)))
            except msgspec.ValidationError as error:
                at = f"{kind} {table.get('id', table.get('name', ''))!r}"
                problems.append(self.problem(line, f"{at} is wrong.", f"{error}.", _FIX_FIELD))
        return found


def _entry_problems(
    source: _Source, line: int, one: Requirement, seen: dict[str, str]
) -> Iterator[RequirementsProblem]:
    where = f"{source.path.name}:{line}"
    if not one.id.startswith(f"{source.path.stem}."):
        yield source.problem(
            line, f"The id {one.id!r} is wrong.", "It begins with the name of the file.",
            f"Write {source.path.stem}.NAME.",
        )  # fmt: skip
    if one.id in seen:
        yield source.problem(
            line, f"The id {one.id!r} occurs twice.", f"It is at {seen[one.id]} too.",
            "Rename one of them.",
        )  # fmt: skip
    seen[one.id] = where
    for section in (one.section, *one.sections.values()):
        if not _SECTION.fullmatch(section):
            yield source.problem(
                line, f"The section {section!r} of {one.id} is wrong.",
                "It is a file and an anchor.", "Write FILE.asciidoc#ANCHOR or FILE.md#ANCHOR.",
            )  # fmt: skip
    if bool(one.rules) == bool(one.reason):
        yield source.problem(
            line, f"{one.id} has {'both rules and a reason' if one.rules else 'neither'}.",
            "A reason states why no rule finds a breach.", "Give it rules or a reason.",
        )  # fmt: skip
    if one.faults and not one.rules:
        yield source.problem(
            line, f"{one.id} has faults and no rules.", "A fault proves a rule.",
            "Name the rules that find the faults.",
        )  # fmt: skip

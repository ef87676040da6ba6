"""Common parts: their schemas keep the same rules, and each is used by some version."""

from collections.abc import Iterator
from typing import Any

from ocpi_generator._problems import Problem
from ocpi_generator.documents import DocumentPosition, Library, Part, Version, subschemas
from ocpi_generator.lint._walk import Inline
from ocpi_generator.lint.rules.schemas import inline_problems, pattern_problems

__all__ = ["part_problems", "unused_part_problems"]


def part_problems(version: Version) -> Iterator[Problem]:
    """Check the schemas in the parts that a version merges in."""
    formats = frozenset(name for part in version.parts for name in part["formats"])
    for part in version.parts:
        for inline in _schemas(part):
            if inline.place.pointer[-1] != "data":
                yield from inline_problems(inline, formats)
        for name, entry in part["formats"].items():
            inline = Inline(dict(entry), part.place.at("formats", name), "common")
            yield from pattern_problems(inline)
    yield from _without(version)


def _without(version: Version) -> Iterator[Problem]:
    written = {name for part in version.parts for name in _parameters_of(part)}
    for name in version.meta.without:
        if name not in written:
            what = f"parameter {name} not found in the common parts of this version"
            how = "Correct it in `without`, or take it out."
            yield version.file.problem(name, "without", what, how)


def _parameters_of(part: Part) -> list[str]:
    """Name the parameters of a part as it was written."""
    return [*part.place.document.data.get("parameters", ())]


def _schemas(part: Part) -> Iterator[Inline]:
    for section in ("message-headers", "response-headers", "parameters"):
        for name, entry in part[section].items():
            yield Inline(entry["schema"], part.place.at(section, name, "schema"), "common")
    named: dict[tuple[str, ...], dict[str, Any]] = {}
    if part["envelope"]:
        named["envelope",] = dict(part["envelope"])
    for name, body in part["classes"].items():
        named["classes", name] = dict(body)
    for steps, root in named.items():
        for pointer, body in subschemas(root):
            owner = None if pointer else steps[-1]
            yield Inline(body, part.place.at(*steps, *pointer), "common", owner)


def unused_part_problems(library: Library) -> Iterator[Problem]:
    """Find parts that no version merges in."""
    versions = [library.version(name) for name in library.names()]
    if None in versions:
        return
    named = {part for version in versions if version for part in version.meta.parts}
    for path in sorted((library.root / "common").glob("*.yaml")):
        if path.stem not in named:
            part = library.part(path.stem)
            if part is not None:
                yield _unused(part.place, part.name)


def _unused(place: DocumentPosition, name: str) -> Problem:
    what = f"no version merges in the part {name}"
    why = "A part that no bundle contains has no effect."
    how = "Name it in `parts` of a version.toml, or remove the file."
    return place.problem("unused", what, why=why, how=how)

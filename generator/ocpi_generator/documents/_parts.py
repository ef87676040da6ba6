"""Common parts: what every operation of a version has, written once in ``openapi/common/``."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ocpi_generator._problems import Problem
from ocpi_generator.documents._part_shapes import SECTIONS, part_shape
from ocpi_generator.documents.yaml.files import read_document
from ocpi_generator.documents.yaml.positions import DocumentPosition

__all__ = ["Part", "read_part"]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One file of ``openapi/common/``.

    Attributes:
        name: The file name without its ending; ``parts`` of version.toml uses it.
        applies: ``everywhere``, to ``functional`` modules, or to ``paged`` operations.
        contents: Its sections by key; one that it lacks is empty. ``info`` and ``server`` are
            what documents say of themselves, ``message-headers`` go into
            requests and answers, ``response-headers`` into answers that succeed,
            ``parameters`` into requests, ``responses`` are errors by HTTP status,
            ``envelope`` is the class around results, ``classes`` are those that it refers to,
            ``formats`` adds patterns by format.
        place: Where it was written.
    """

    name: str
    applies: str
    contents: Mapping[str, Mapping[str, Any]]
    place: DocumentPosition

    def __getitem__(self, key: str) -> Mapping[str, Any]:
        return self.contents.get(key, {})

    def without(self, parameters: Collection[str]) -> "Part":
        """Leave parameters out."""
        kept = {name: one for name, one in self["parameters"].items() if name not in parameters}
        if len(kept) == len(self["parameters"]):
            return self
        return replace(self, contents={**self.contents, "parameters": kept})


def read_part(path: Path, problems: list[Problem]) -> Part | None:
    """Read one part; None when it is broken."""
    found: list[Problem] = []
    document = read_document(path, found)
    place = DocumentPosition(document)
    if not found:
        found += part_shape(place)
    problems.extend(found)
    if found:
        return None
    contents = {key: document.data[key] for key in SECTIONS if key in document.data}
    return Part(path.stem, document.data["applies"], contents, place)

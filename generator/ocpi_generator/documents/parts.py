"""Common parts: what every operation of a version has, written once in ``openapi/common/``."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from ocpi_generator.documents.positions import Place
from ocpi_generator.documents.shapes import component_errors
from ocpi_generator.documents.yaml_files import read_document
from ocpi_generator.problems import Problem

__all__ = ["Part", "read_part"]

_SCOPES: Final = ("everywhere", "functional", "paged")
_MAPPINGS: Final[tuple[str, ...]] = (
    "message-headers",
    "parameters",
    "response-headers",
    "responses",
    "envelope",
    "security",
    "formats",
)
_COMPONENTS: Final = {
    "message-headers": "headers",
    "response-headers": "headers",
    "parameters": "parameters",
    "security": "securitySchemes",
    "envelope": "schemas",
}
"""What becomes of a section in a bundle."""
_WHY: Final = "Parts are woven into every bundle and must be unmistakable."
_CONDITIONS: Final = ("always", "body", "path")


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One file of ``openapi/common/``.

    Attributes:
        name: The file name without its ending; ``parts`` of version.toml uses it.
        applies: ``everywhere``, to ``functional`` modules, or to ``paged`` operations.
        contents: Its sections by key; one that it lacks is empty. ``message-headers`` go into
            requests and answers, ``response-headers`` into answers that succeed,
            ``parameters`` into requests, ``responses`` are errors by HTTP status,
            ``envelope`` is the class around results, ``formats`` adds patterns by format.
        place: Where it was written.
    """

    name: str
    applies: str
    contents: Mapping[str, Mapping[str, Any]]
    place: Place

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
    place = Place(document)
    if not found:
        found += _faults(place)
    problems.extend(found)
    if found:
        return None
    contents = {key: document.data[key] for key in _MAPPINGS if key in document.data}
    return Part(path.stem, document.data["applies"], contents, place)


def _faults(place: Place) -> list[Problem]:
    data = place.document.data
    faults = [
        place.at(key).problem(
            "part", f"`{key}` is no section", why=_WHY, how=f"Use one of {', '.join(_MAPPINGS)}."
        )
        for key in data
        if key != "applies" and key not in _MAPPINGS
    ]
    if data.get("applies") not in _SCOPES:
        how = f"Write `applies:` with one of {', '.join(_SCOPES)}."
        what = "it is not said what the part applies to"
        faults.append(place.at("applies").problem("part", what, why=_WHY, how=how))
    for key in _MAPPINGS:
        faults += _section_faults(place.at(key), data.get(key, {}), deep=key != "envelope")
    if faults:
        return faults
    for status, response in data.get("responses", {}).items():
        faults += _response_faults(place.at("responses", status), response)
    return faults + _openapi_faults(place)


def _openapi_faults(place: Place) -> list[Problem]:
    """Check the sections as the components that they will become."""
    data, faults = place.document.data, []
    for key, section in _COMPONENTS.items():
        found = {
            name: {"name": name, **entry} if key == "parameters" else entry
            for name, entry in data.get(key, {}).items()
        }
        if key == "envelope":
            found = {key: data[key]} if key in data else {}
        for pointer, message in component_errors({section: found}):
            steps = (key, *pointer[2:]) if key != "envelope" else (key, *pointer[3:])
            how = "Write it as OpenAPI 3.0.3 says."
            faults.append(place.at(*steps).problem("openapi", message, why=_WHY, how=how))
        if section in {"headers", "parameters"} and not faults:
            faults += [
                place.at(key, name).problem("part", "there is no `schema`", why=_WHY, how="Add it.")
                for name, entry in found.items()
                if "schema" not in entry
            ]
    return faults


def _section_faults(place: Place, section: object, *, deep: bool) -> list[Problem]:
    how = "Indent its entries below it."
    if not isinstance(section, dict):
        return [place.problem("part", "the section is no mapping", why=_WHY, how=how)]
    return [
        place.at(key).problem("part", f"`{key}` is no mapping", why=_WHY, how=how)
        for key, value in section.items()
        if deep and not isinstance(value, dict)
    ]


def _response_faults(place: Place, response: Mapping[str, Any]) -> list[Problem]:
    faults = [
        place.problem("part", f"the answer lacks `{key}`", why=_WHY, how=f"Add `{key}`.")
        for key in ("name", "when", "description")
        if not isinstance(response.get(key), str)
    ]
    if not faults and response["when"] not in _CONDITIONS:
        how = f"Use one of {', '.join(_CONDITIONS)}."
        what = f"`{response['when']}` is no condition"
        faults.append(place.at("when").problem("part", what, why=_WHY, how=how))
    return faults

"""Whether a common part is written so that it can be merged in."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from ocpi_generator._problems import Problem
from ocpi_generator.documents._shapes import component_errors
from ocpi_generator.documents.references import part_class, references
from ocpi_generator.documents.yaml.positions import DocumentPosition

__all__ = ["SECTIONS", "part_shape"]

SECTIONS: Final[tuple[str, ...]] = (
    "info",
    "server",
    "message-headers",
    "parameters",
    "response-headers",
    "responses",
    "envelope",
    "classes",
    "security",
    "formats",
    "examples",
    "example-fields",
)
"""What a part may hold beside ``applies``."""

_FREE: Final = ("info", "examples")
"""Sections whose entries have no shape of their own; what becomes of them is checked."""
_SCOPES: Final = ("everywhere", "functional", "paged")
_CONDITIONS: Final = ("always", "body", "path")
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_CLASS: Final = re.compile(r"[A-Z][A-Za-z0-9]*")
_COMPONENTS: Final = {
    "message-headers": "headers",
    "response-headers": "headers",
    "parameters": "parameters",
    "security": "securitySchemes",
    "envelope": "schemas",
    "classes": "schemas",
}
"""What becomes of a section in a bundle."""
_WITH_SCHEMA: Final = ("message-headers", "response-headers", "parameters")
_WHY: Final = "Parts are merged into every bundle and must be unmistakable."


def part_shape(place: DocumentPosition) -> list[Problem]:
    """Check a part; nothing after this meets a section of the wrong shape."""
    faults = list(_sections(place))
    return faults or [
        *_components(place),
        *_classes(place),
        *_formats(place),
        *_responses(place),
    ]


def _wrong(place: DocumentPosition, what: str, how: str) -> Problem:
    return place.problem("part", what, why=_WHY, how=how)


def _sections(place: DocumentPosition) -> Iterator[Problem]:
    data = place.document.data
    if data.get("applies") not in _SCOPES:
        how = f"Write `applies:` with one of {', '.join(_SCOPES)}."
        yield _wrong(place.at("applies"), "`applies` of the part is missing", how)
    for key, section in data.items():
        if key == "applies":
            continue
        if key not in SECTIONS:
            yield _wrong(
                place.at(key), f"`{key}` is not a section", f"Use one of {', '.join(SECTIONS)}."
            )
        elif not isinstance(section, dict):
            yield _wrong(
                place.at(key), "the section is not a mapping", "Indent its entries below it."
            )
        elif key == "envelope":
            yield from _envelope(place.at(key), section)
        elif key == "server":
            yield from _server(place.at(key), section)
        elif key == "example-fields":
            yield from _example_fields(place.at(key), section)
        elif key in _FREE:
            continue
        else:
            yield from _entries(place.at(key), section)


def _envelope(place: DocumentPosition, section: Mapping[str, Any]) -> Iterator[Problem]:
    if not isinstance(section.get("properties"), dict):
        yield _wrong(
            place, "properties of the envelope are missing", "Write `properties:` with `data`."
        )


def _server(place: DocumentPosition, section: Mapping[str, Any]) -> Iterator[Problem]:
    url, variables = section.get("url"), section.get("variables")
    if not isinstance(url, str) or not isinstance(variables, dict):
        how = "Write `url:` with names in braces, and a mapping of them as `variables:`."
        yield _wrong(place, "url or variables of the server are missing", how)
        return
    for name in {*re.findall(r"\{(.*?)\}", url), *variables}:
        if not isinstance(variables.get(name), dict):
            how = "Write a mapping with `default` and `description` below `variables`."
            yield _wrong(place.at("variables"), f"`{name}` is not a variable of the server", how)


def _example_fields(place: DocumentPosition, section: Mapping[str, Any]) -> Iterator[Problem]:
    for name, fields in section.items():
        if not isinstance(fields, list) or not all(isinstance(one, str) for one in fields):
            how = "Write a list of names of fields."
            yield _wrong(place.at(name), f"the fields of {name} are not a list of names", how)


def _entries(place: DocumentPosition, section: Mapping[str, Any]) -> Iterator[Problem]:
    for name, entry in section.items():
        if not _NAME.fullmatch(name):
            how = "Use letters, digits, dots, hyphens and underscores."
            yield _wrong(place.at(name), f"`{name}` cannot be the name of a component", how)
        if not isinstance(entry, dict):
            yield _wrong(
                place.at(name), f"`{name}` is not a mapping", "Indent its entries below it."
            )


def _components(place: DocumentPosition) -> Iterator[Problem]:
    """Check the sections as the components that they will become."""
    for key, section in _COMPONENTS.items():
        for pointer, message in component_errors({section: _as_components(place, key)}):
            steps = pointer[2:] if key == "envelope" else (key, *pointer[2:])
            how = "Write it as OpenAPI 3.0.3 says."
            yield place.at(*steps).problem("openapi", message, why=_WHY, how=how)
    for key in _WITH_SCHEMA:
        for name, entry in place.document.data.get(key, {}).items():
            if "schema" not in entry or "$ref" in entry:
                yield _wrong(place.at(key, name), "`schema` is missing", "Write it out here.")


def _as_components(place: DocumentPosition, key: str) -> dict[str, Any]:
    data = place.document.data
    if key == "envelope":
        return {key: data[key]} if key in data else {}
    found: Mapping[str, Any] = data.get(key, {})
    if key == "parameters":
        return {name: {"name": name, **entry} for name, entry in found.items()}
    return dict(found)


def _classes(place: DocumentPosition) -> Iterator[Problem]:
    """Check that references find the classes of the part, and that each is used."""
    own = place.document.data.get("classes", {})
    named = {pointer: part_class(text) for pointer, text in references(place.document.data)}
    for name in own:
        where = place.at("classes", name)
        if not _CLASS.fullmatch(name):
            how = "Write it in CapWords, such as Violation."
            yield _wrong(where, f"`{name}` cannot be the name of a class", how)
        if name not in named.values():
            how = f'Refer to it with "#/classes/{name}", or remove it.'
            yield _wrong(where, f"nothing in this part uses the class {name}", how)
    for pointer, wanted in named.items():
        if wanted is not None and wanted not in own:
            how = f"Write it below `classes`, which has {', '.join(own) or 'no class'}."
            yield _wrong(place.at(*pointer), f"class {wanted} not found in this part", how)


def _formats(place: DocumentPosition) -> Iterator[Problem]:
    for name, entry in place.document.data.get("formats", {}).items():
        if entry.keys() != {"pattern"} or not isinstance(entry["pattern"], str):
            how = "Write `pattern:` and nothing else."
            yield _wrong(place.at("formats", name), "the format is not a pattern", how)


def _responses(place: DocumentPosition) -> Iterator[Problem]:
    taken: set[str] = set()
    for status, response in place.document.data.get("responses", {}).items():
        where = place.at("responses", status)
        if not all(isinstance(response.get(key), str) for key in ("name", "when", "description")):
            yield _wrong(where, "the answer is not complete", "Give name, when and description.")
            continue
        if not re.fullmatch(r"[45][0-9]{2}", status):
            yield _wrong(where, f"`{status}` is not an HTTP error", 'Write one, such as "401".')
        if response["when"] not in _CONDITIONS:
            how = f"Use one of {', '.join(_CONDITIONS)}."
            yield _wrong(where.at("when"), f"`{response['when']}` is not a condition", how)
        if not _NAME.fullmatch(response["name"]) or response["name"] in taken:
            how = "Give each answer a name of its own, in letters and digits."
            yield _wrong(where.at("name"), f"`{response['name']}` is not a name or is taken", how)
        taken.add(response["name"])

"""Nothing in a document repeats what a common part says."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ocpi_generator._problems import Problem
from ocpi_generator.documents import DocumentPosition, Operation, Part, Version, parse_reference
from ocpi_generator.lint._walk import own_operations, own_schemas, schemas_of

__all__ = ["repeat_problems"]

_WHY: Final = "What every operation has is written once and merged in by the bundler."
_HOW: Final = "Remove it here."


def repeat_problems(version: Version) -> Iterator[Problem]:
    """Check the folder against the common parts of the version."""
    for operation in own_operations(version):
        yield from _parameters(version, operation)
        yield from _answers(version, operation)
    yield from _envelopes(version)
    yield from _patterns(version)


def _problem(place: DocumentPosition, name: str, part: Part) -> Problem:
    what = f"{name} is described by the common part {part.name} already"
    return place.problem("repeats-common", what, why=_WHY, how=_HOW)


def _parameters(version: Version, operation: Operation) -> Iterator[Problem]:
    paged = bool(operation.body.get("x-ocpi-paged"))
    for index, parameter in enumerate(operation.body.get("parameters", ())):
        place, name = operation.place_of("parameters", index), parameter["name"]
        for part in version.parts:
            shared = part["parameters"].get(name, {})
            applies = paged or part.applies != "paged"
            if applies and shared.get("in") == parameter["in"]:
                if _same(parameter, {"name": name, **shared}, operation.module):
                    yield _problem(place, name, part)
            elif parameter["in"] == "header" and _is_shared_header(name, part):
                yield _problem(place, name, part)


def _is_shared_header(name: str, part: Part) -> bool:
    schemes = {str(one.get("name", "")) for one in part["security"].values()}
    return name.lower() in {one.lower() for one in {*part["message-headers"], *schemes}}


def _same(one: Mapping[str, Any], other: Mapping[str, Any], module: str) -> bool:
    """Compare without words; a parameter that differs restates the common one on purpose."""
    return _bare(one, module) == _bare(other, "common")


def _bare(parameter: Mapping[str, Any], module: str) -> dict[str, Any]:
    bare = {key: value for key, value in parameter.items() if key != "description"}
    bare.setdefault("required", False)
    schema = bare["schema"]
    if "$ref" in schema:
        bare["schema"] = parse_reference(schema["$ref"], module)
    return bare


def _answers(version: Version, operation: Operation) -> Iterator[Problem]:
    paged = bool(operation.body.get("x-ocpi-paged"))
    for status, response in operation.body["responses"].items():
        place = operation.place.at("responses", status)
        for part in version.parts:
            if status in part["responses"]:
                yield _problem(place, f"the answer {status}", part)
            names = set(part["message-headers"])
            if paged or part.applies != "paged":
                names |= set(part["response-headers"])
            lowered = {name.lower() for name in names}
            for name in response.get("headers", {}):
                if name.lower() in lowered:
                    yield _problem(place.at("headers", name), name, part)


def _envelopes(version: Version) -> Iterator[Problem]:
    for part in version.parts:
        required = set(part["envelope"].get("required", ()))
        for schema in own_schemas(version):
            if required and required <= schema.body.get("properties", {}).keys():
                yield _problem(schema.place, f"the envelope {schema.name}", part)


def _patterns(version: Version) -> Iterator[Problem]:
    for part in version.parts:
        for inline in schemas_of(version):
            body = inline.body
            if "$ref" in body:
                continue
            shared = part["formats"].get(body.get("format", body.get("type", "")), {})
            if "pattern" in body and body["pattern"] == shared.get("pattern"):
                yield _problem(inline.place.at("pattern"), "the pattern", part)

"""What a document names must have a name in Python too."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

from ocpi_generator._problems import Problem
from ocpi_generator.documents import Version
from ocpi_generator.lint._walk import own_operations, own_schemas
from ocpi_generator.plan import PlanError
from ocpi_generator.plan.names import argument, class_name, member
from ocpi_generator.plan.names import module as module_name

__all__ = ["name_problems"]

_WHY: Final = "Generated code cannot have another name than the document, nor one name twice."
_ENUMS: Final = ("enum", "x-extensible-enum")
_HOW: Final = "Rename it."


def name_problems(version: Version) -> Iterator[Problem]:
    """Find names that generated code cannot have."""
    for module in version.own.file.raw.get("modules", {}):
        if what := _refusal(module_name, module):
            yield version.own.file.problem(module, "module", what, _HOW, _WHY)
    for schema in own_schemas(version):
        generated = schema.body.get("type") == "object" or any(one in schema.body for one in _ENUMS)
        if generated and (what := _refusal(class_name, schema.name)):
            yield schema.place.problem("class-name", what, why=_WHY, how=_HOW)
    yield from _members(version)
    for operation in own_operations(version):
        for index, parameter in enumerate(operation.body.get("parameters", ())):
            if parameter["in"] not in {"path", "query"}:
                continue
            if what := _refusal(argument, parameter["name"]):
                place = operation.place_of("parameters", index).at("name")
                yield place.problem("parameter-name", what, why=_WHY, how=_HOW)


def _refusal(naming: Callable[[str], str], name: str) -> str:
    """Return the reason why something cannot be named so; empty if it can."""
    try:
        naming(name)
    except PlanError as error:
        return str(error)
    return ""


def _members(version: Version) -> Iterator[Problem]:
    for schema in own_schemas(version):
        for word in _ENUMS:
            values = [value for value in schema.body.get(word, ()) if isinstance(value, str)]
            counted = Counter(member(value) for value in dict.fromkeys(values))
            for name in (name for name, count in counted.items() if count > 1):
                same = ", ".join(f"`{value}`" for value in values if member(value) == name)
                what = f"{same} are all {name} in Python"
                how = "Correct the value that is written wrong."
                yield schema.place.at(word).problem("enum", what, why=_WHY, how=how)

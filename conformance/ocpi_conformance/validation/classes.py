"""The classes of all versions, as validation needs them: their names, fields and models."""

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any, Final

import ocpi_bindings
from ocpi_runtime.codec import in_edition
from ocpi_runtime.failures import CommandFailed, did_you_mean
from ocpi_runtime.json_objects import ObjectReader, Shape, Shapes, shapes_in
from ocpi_runtime.types import Model, SchemaSet

__all__ = ["PREFERRED", "WrongName", "class_name", "edition_name", "model_of",
           "object_reader", "packages", "schemas_of", "shapes_of", "version_name"]  # fmt: skip

PREFERRED: Final = ("2.2.1", "2.3.0", "2.2", "2.1.1", "2.0")
"""If an object fits several versions equally, the first of these is assumed."""


class WrongName(CommandFailed):
    """No version, or no class, has this name."""

    exit_code = 2


@cache
def packages() -> Mapping[str, str]:
    """Return the installed bindings by version, the preferred ones first."""
    names = [each.name for each in pkgutil.iter_modules(ocpi_bindings.__path__) if each.ispkg]
    found = {name[1:].replace("_", "."): f"{ocpi_bindings.__name__}.{name}" for name in names}
    order = [*PREFERRED, *sorted(found)]
    return dict(sorted(found.items(), key=lambda each: order.index(each[0])))


def schemas_of(version: str) -> Mapping[str, Any]:
    """Return the schemas of all classes and types of a version, by name."""
    schemas: Mapping[str, Any] = SchemaSet(packages()[version]).load()["components"]["schemas"]
    return schemas


@cache
def shapes_of(version: str) -> Mapping[str, Shape]:
    """Return the fields of the classes of a version, without the derived ones of PATCH."""
    return dict(shapes_in(schemas_of(version)))


@cache
def object_reader() -> ObjectReader:
    """Return what finds objects of any class of any version in a text."""
    every = (shape for version in packages() for shape in shapes_of(version).values())
    return ObjectReader(Shapes(every))


def model_of(version: str, name: str, edition: str | None = None) -> type[Model]:
    """Return the generated class of a version, in an edition of it.

    Raises:
        WrongName: The version has no such edition, or the edition no such class.
    """
    models = import_module(f"{packages()[version]}.models")
    found: type[Model] = vars(models)[name]
    try:
        return in_edition(found, edition) if edition else found
    except ValueError as error:
        raise WrongName(f"OCPI {version}: {error}") from None


def version_name(text: str) -> str:
    """Return the version that a user named.

    Raises:
        WrongName: There are no bindings of it.
    """
    if text in packages():
        return text
    known = sorted(packages())
    near = did_you_mean(text, known) or "."
    raise WrongName(f"Version {text!r} not found; allowed: {', '.join(known)}{near}")


def edition_name(text: str, version: str | None) -> str:
    """Return the edition that a user named.

    Raises:
        WrongName: No version is named, or it has no such edition.
    """
    if version is None:
        raise WrongName(f"Edition {text!r} needs the version that it is one of.")
    known = SchemaSet(packages()[version]).editions()
    if text in known:
        return text
    only = f"only {', '.join(known)}" if known else "none"
    near = did_you_mean(text, known) or "."
    raise WrongName(f"OCPI {version} has no edition {text!r}, {only}{near}")


def class_name(text: str, version: str | None) -> str:
    """Return the name of the class that a user named, in any case.

    Raises:
        WrongName: The version, or any version if None is given, has no such class.
    """
    versions = [version] if version else [*packages()]
    known = {name.casefold(): name for each in versions for name in shapes_of(each)}
    if found := known.get(text.casefold()):
        return found
    where = f"OCPI {version} has no" if version else "There is no"
    near = did_you_mean(text, known.values()) or "."
    raise WrongName(f"{where} class {text!r}{near}")

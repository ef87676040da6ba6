"""Classes by the rules of an earlier edition of their version."""

from functools import cache
from importlib.resources import files
from types import new_class
from typing import Any, TypeVar

import msgspec

from ocpi_runtime.failures import did_you_mean
from ocpi_runtime.types import Model, SchemaSet

__all__ = ["bundle_in_edition", "edition_of", "in_edition"]

T = TypeVar("T", bound=Model)


def in_edition(kind: type[T], edition: str) -> type[T]:
    """Return a class that is validated by an earlier edition of its version.

    It has the name and the fields of the class, of which it is a subclass, and stands for it
    wherever one is asked for: ``violations(data, in_edition(Location, "core-1"))``.

    Args:
        kind: A generated class.
        edition: The edition, such as ``core-1``.

    Raises:
        ValueError: The version has no such edition, or the edition has no such class.
    """
    schemas = edition_of(kind.OCPI_SCHEMAS, edition)
    if kind.__name__ not in schemas.load()["components"]["schemas"]:
        raise ValueError(f"The edition {edition} has no class {kind.__name__}.")
    return _subclass(kind, schemas)


def edition_of(newest: SchemaSet, edition: str) -> SchemaSet:
    """Return the schemas of an earlier edition.

    Raises:
        ValueError: The version has no such edition.
    """
    known = newest.editions()
    if edition not in known:
        only = f"only {', '.join(known)}" if known else "none at all"
        raise ValueError(
            f"{newest.package} has no edition {edition!r}, {only}"
            f"{did_you_mean(edition, known) or '.'}"
        )
    return _schemas(newest.package, edition)


def bundle_in_edition(bundle: dict[str, Any], package: str, edition: str) -> dict[str, Any]:
    """Return a bundle with the classes of an earlier edition.

    Args:
        bundle: That of the newest edition.
        package: The import name of the bindings package.
        edition: The edition, such as ``core-1``.

    Raises:
        KeyError: The edition has no such interface.
        ValueError: The version has no such edition.
    """
    schemas = edition_of(SchemaSet(package), edition)
    change = msgspec.json.decode(
        (files(package) / "documents" / "editions" / f"{edition}.json").read_bytes()
    )
    head = bundle["x-ocpi"]
    if f"{head['module']}.{head['interface']}" in change["absent_documents"]:
        raise KeyError(f"the edition {edition} has no {head['module']} {head['interface']}")
    own = bundle["components"]["schemas"]
    known = schemas.load()["components"]["schemas"]
    kept = {name: one for name, one in own.items() if name not in change["absent"]}
    components = bundle["components"] | {"schemas": kept | known}
    return bundle | {"components": components}


@cache
def _schemas(package: str, edition: str) -> SchemaSet:
    return SchemaSet(package, edition)


@cache
def _subclass(kind: type[T], schemas: SchemaSet) -> type[T]:
    names = {"OCPI_SCHEMAS": schemas, "__module__": kind.__module__, "__doc__": kind.__doc__}
    found: type[T] = new_class(kind.__name__, (kind,), exec_body=lambda body: body.update(names))
    return found

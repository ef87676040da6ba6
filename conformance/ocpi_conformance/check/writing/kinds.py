"""The kinds of objects that an interface takes by PUT."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ocpi_conformance._references import resolved
from ocpi_conformance.bundles.operations import Operation

if TYPE_CHECKING:
    from ocpi_conformance.check._interface import CheckedInterface

__all__ = ["OWNER", "STAMP", "Kind", "class_of", "is_pushed", "kinds_of", "post_of", "posts_of"]

OWNER: Final = ("country_code", "party_id")
STAMP: Final = "last_updated"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of objects that is put, and the operations on it.

    Attributes:
        name: The class, such as ``Location``.
        put: Creates or replaces one.
        get: Reads it back.
        patch: Changes it, if the version has that.
        delete: Removes it, likewise.
        above: Puts what it is a part of; None where it is none.
    """

    name: str
    put: Operation
    get: Operation
    patch: Operation | None
    delete: Operation | None
    above: Operation | None

    @property
    def own_names(self) -> tuple[str, ...]:
        """The parameters of the path behind the owner; none for what stands for a party."""
        return tuple(name for name in self.put.path_params if name not in OWNER)

    @property
    def is_dated(self) -> bool:
        """Whether the class has the moment of its last change."""
        return STAMP in self.put.properties


def kinds_of(place: "CheckedInterface") -> list[Kind]:
    """Return what an interface takes by PUT below a party, wholes before their parts."""
    operations = list(place.operations.values())
    puts = [one for one in operations if _is_put(one)]
    found = [_kind(place, one, operations, puts) for one in puts]
    return [one for one in found if one is not None]


def _is_put(one: Operation) -> bool:
    return one.method == "PUT" and set(OWNER) <= set(one.path_params) and one.callback is None


def _kind(
    place: "CheckedInterface", put: Operation, operations: list[Operation], puts: list[Operation]
) -> Kind | None:
    here = {one.method: one for one in operations if one.path == put.path}
    if "GET" not in here:
        return None
    pieces = put.segments
    above = [one for one in puts if _begins(pieces, one.segments)]
    name = class_of(place.target.bundle, put)
    patch, delete = here.get("PATCH"), here.get("DELETE")
    return Kind(name, put, here["GET"], patch, delete, above[0] if above else None)


def _begins(pieces: tuple[str, ...], others: tuple[str, ...]) -> bool:
    return len(others) < len(pieces) and pieces[: len(others)] == others


def class_of(bundle: Mapping[str, Any], operation: Operation) -> str:
    """Return the name of the class that an operation takes as its body."""
    raw = bundle["paths"][operation.path][operation.method.lower()]
    request = resolved(bundle, raw["requestBody"])
    schema = request["content"]["application/json"]["schema"]
    return str(schema.get("$ref", "")).rpartition("/")[2]


def post_of(place: "CheckedInterface") -> Operation | None:
    """Return the operation that takes CDRs, where the interface has one."""
    if place.module != "cdrs":
        return None
    return next((one for one in place.operations.values() if one.creates), None)


def posts_of(place: "CheckedInterface") -> list[Operation]:
    """Return the operations by which objects are made whose id is in the body."""
    made = (one for one in place.operations.values() if not place.is_registration)
    return [one for one in made if one.creates or one.id == "post_activate_terminal"]


def is_pushed(place: "CheckedInterface") -> bool:
    """Return whether an interface takes objects by PUT."""
    return bool(kinds_of(place))

"""Asynchronous results: operations of a sender that answer requests to a receiver."""

from collections.abc import Iterator
from typing import Final

from ocpi_generator._problems import Problem
from ocpi_generator.documents import DocumentPosition, Operation, Version, class_at

__all__ = ["result_problems"]

_MARK: Final = "x-ocpi-result-of"
_URL: Final = "response_url"
_WHY: Final = "The bundler shows at each request where its result is sent."


def result_problems(version: Version) -> Iterator[Problem]:
    """Check every x-ocpi-result-of, in parents too: what it names may be gone."""
    for (module, interface), operations in version.operations.items():
        for operation in operations:
            if _MARK not in operation.body:
                continue
            if interface != "sender":
                what = "a result is marked outside the sender interface"
                how = "Move the operation to sender.yaml."
                where = operation.place.at(_MARK)
                yield where.problem("result-of", what, why=_WHY, how=how)
            receivers = version.operations.get((module, "receiver"), ())
            yield from _targets(version, operation, {one.id: one for one in receivers})


def _targets(
    version: Version, operation: Operation, receivers: dict[str, Operation]
) -> Iterator[Problem]:
    names = operation.body[_MARK]
    place = operation.place.at(_MARK)
    if not isinstance(names, list):
        yield place.problem("result-of", "it is not a list", why=_WHY, how="Write a list of ids.")
        return
    for index, name in enumerate(names):
        yield from _target(version, place.at(index), name, receivers)


def _target(
    version: Version, place: DocumentPosition, name: object, receivers: dict[str, Operation]
) -> Iterator[Problem]:
    request = receivers.get(str(name))
    if request is None:
        known = ", ".join(sorted(receivers)) or "none"
        what = f"operation {name} not found in the receiver"
        yield place.problem("result-of", what, why=_WHY, how=f"Use one of: {known}.")
    elif not _has_url(version, request):
        what = f"{name} carries no {_URL}"
        how = f"Give its body or query a {_URL}, or take it off the list."
        yield place.problem("result-of", what, why=_WHY, how=how)


def _has_url(version: Version, request: Operation) -> bool:
    if any(one["name"] == _URL for one in request.body.get("parameters", ())):
        return True
    content = request.body.get("requestBody", {}).get("content", {})
    key, _ = class_at(content.get("application/json", {}).get("schema"), request.module)
    schema = version.schemas.get(key) if key else None
    return schema is not None and _URL in schema.body.get("properties", {})

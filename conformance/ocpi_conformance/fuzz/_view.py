"""A bundle as schemathesis is given it, and its cases as we look at them."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from schemathesis.core import NotSet

from ocpi_conformance.bundles.operations import Operation
from ocpi_conformance.fuzz._align import RequestParts
from ocpi_runtime.urls import encode_segment

__all__ = ["parts_of", "put_into", "split_url", "view"]

_CHOICES = ("allOf", "anyOf", "oneOf")


def split_url(url: str) -> tuple[str, str]:
    """Divide an endpoint URL into what comes before its last segment, and that segment.

    So the endpoint itself is called verbatim: OpenAPI paths cannot be empty.

    Returns:
        The base URL without trailing slash; and the prefix of all paths, such as ``/locations``.
    """
    parts = urlsplit(url)
    before, _, last = parts.path.rpartition("/")
    return urlunsplit((parts.scheme, parts.netloc, before, "", "")), f"/{last}" if last else ""


def view(bundle: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """Copy a bundle without what schemathesis should not see.

    Headers are ours: the token, ids and routing. Wrong ones are probed for one by one.

    Args:
        bundle: The bundle; it is left as it is.
        prefix: Put before every path.
    """
    copy = deepcopy(dict(bundle))
    copy.pop("security", None)
    copy["components"].pop("securitySchemes", None)
    headers = {
        name for name, one in copy["components"].get("parameters", {}).items() if _is_header(one)
    }
    paths = {}
    for path, item in copy["paths"].items():
        for operation in item.values():
            operation.pop("callbacks", None)
            operation["parameters"] = [
                one
                for one in operation.get("parameters", ())
                if not _is_header(one) and one.get("$ref", "").rpartition("/")[2] not in headers
            ]
        paths[prefix + (path if path != "/" or not prefix else "")] = item
    copy["paths"] = paths
    _close(copy)
    return copy


def _close(document: dict[str, Any]) -> None:
    """Have objects drawn with the properties that they know.

    Unknown ones are legal and would fill every body. They still come: schemathesis takes them for
    invalid and tries them, while requests are validated by the bundle, which allows them.
    """
    schemas = document["components"]["schemas"].values()
    branches = [branch for one in schemas for word in _CHOICES for branch in one.get(word, ())]
    # A choice of which properties are required is as good in a closed object.
    if any(set(branch) - {"required"} for branch in branches):
        return
    for one in schemas:
        if one.get("type") == "object":
            one["additionalProperties"] = False


def _is_header(parameter: Mapping[str, Any]) -> bool:
    return parameter.get("in") == "header"


def parts_of(operation: Operation, case: Any) -> RequestParts:
    """Take a case of schemathesis apart, and find out where it breaks its schema."""
    path = {name: unquote(str(value)) for name, value in case.path_parameters.items()}
    broken_path = {name for name, text in path.items() if operation.params[name].text_faults(text)}
    body = None if isinstance(case.body, NotSet) else case.body
    query = dict(case.query or {})
    return RequestParts(path, query, body, frozenset(broken_path), _broken(operation, case, body))


def _broken(operation: Operation, case: Any, body: Any) -> frozenset[str]:
    if operation.body is None:
        return frozenset()
    if isinstance(case.body, NotSet) or not isinstance(body, dict):
        return frozenset({"*"})
    pointers = [why.partition(":")[0] for why in operation.body.faults(body)]
    return frozenset(pointer.split("/")[1] if "/" in pointer else "*" for pointer in pointers)


def put_into(case: Any, before: RequestParts, after: RequestParts) -> None:
    """Write what alignment changed back into a case."""
    path = {
        name: raw if after.path[name] == before.path[name] else encode_segment(after.path[name])
        for name, raw in case.path_parameters.items()
    }
    if path != case.path_parameters:
        case.path_parameters = path
    if after.body is not before.body and not isinstance(case.body, NotSet):
        case.body = after.body
    if after.query != before.query:
        case.query = after.query

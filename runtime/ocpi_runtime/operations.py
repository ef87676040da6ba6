"""What generated code says about an operation: the part of a bundle that is needed while running.

Stubs and clients share these records. They are data, written by the generator; nothing here
parses a document.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final, Literal

__all__ = [
    "RECEIVER",
    "SENDER",
    "Interface",
    "InterfaceRole",
    "Operation",
    "Parameter",
    "ParameterKind",
]

InterfaceRole = Literal["SENDER", "RECEIVER"]
"""On which side of a module a party is, as version details name it."""
SENDER: Final = "SENDER"
RECEIVER: Final = "RECEIVER"

ParameterKind = Literal["string", "ci-string", "integer", "datetime", "zoned-datetime", "enum"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A path or query parameter as a typed argument of a method.

    Attributes:
        name: The name on the wire and in Python (OCPI names are valid identifiers).
        place: ``path`` or ``query``.
        kind: How text becomes a value; a zoned datetime may carry an offset.
        required: Whether a request without it is refused (always true in paths).
        max_length: Maximum length that the specification allows, if it states one.
        minimum: The least value of an integer.
        enum: The enumeration class of the kind ``enum``.
    """

    name: str
    place: Literal["path", "query"]
    kind: ParameterKind
    required: bool = True
    max_length: int | None = None
    minimum: int | None = None
    enum: type[Enum] | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path of an interface.

    Attributes:
        id: ``operationId``, the name of the handler's and the client's method.
        method: The HTTP method in upper case.
        path: The path template below the endpoint URL; ``/`` is the endpoint URL itself.
        parameters: Path and query parameters in order.
        body: The type of the JSON body, or None where there is none.
        body_required: Whether a request without a body is refused.
        result: The type of ``data`` in the answer (``list[X]`` for lists), or None where the
            specification defines no data.
        paged: Whether the answer is a page (offset, limit, Link, X-Total-Count, X-Limit).
        patch: Whether the body is a partial object.
        creates: Whether the answer may be 201.
        result_url: Whether the client calls an absolute URL that it was given (asynchronous
            results) instead of a path below the endpoint.
    """

    id: str
    method: str
    path: str
    parameters: tuple[Parameter, ...] = ()
    body: Any = None
    body_required: bool = True
    result: Any = None
    paged: bool = False
    patch: bool = False
    creates: bool = False
    result_url: bool = False


@dataclass(frozen=True, slots=True)
class Interface:
    """One document: a version, a module, and one interface of it.

    Attributes:
        version: The version number as on the wire, such as ``2.2.1``.
        module: The module identifier as on the wire, such as ``chargingprofiles``.
        name: As the document is called: ``sender``, ``receiver``; ``list`` and ``details`` of
            versions; ``both`` of credentials.
        package: The import name of the bindings package that ships the bundle.
        functional: True for functional modules, whose messages carry routing headers
            (from 2.2 on); false for configuration modules.
        ids: Whether messages carry X-Request-ID and X-Correlation-ID (from 2.2 on).
        token_base64: Whether the credentials token is Base64-encoded in the header (from 2.2 on).
        roles: Whether version details name the role of an endpoint (from 2.2 on).
        operations: By operation id.
    """

    version: str
    module: str
    name: str
    package: str
    functional: bool = True
    ids: bool = True
    token_base64: bool = True
    roles: bool = True
    operations: dict[str, Operation] = field(default_factory=dict)

    @property
    def document(self) -> str:
        """The file name of the bundle below ``documents/`` of the package."""
        return f"{self.module}.{self.name}.json"

    @property
    def role(self) -> InterfaceRole | None:
        """The interface role; None where one interface serves both (versions, credentials)."""
        return _ROLES.get(self.name)


_ROLES: Final[dict[str, InterfaceRole]] = {"sender": SENDER, "receiver": RECEIVER}

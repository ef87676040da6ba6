"""The context of a request: the partner, the parties, the ids; a handler's first argument."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeAlias, TypeVar

import msgspec

from ocpi_runtime.dialect import Dialect, Reading
from ocpi_runtime.headers import RoutingHeaders
from ocpi_runtime.operations import Interface, Operation
from ocpi_runtime.parties import PartyRole
from ocpi_runtime.types import Model, PartyId, Raw

__all__ = ["AccessRules", "Context", "Partner", "Permit", "RequestScope", "Route"]

P = TypeVar("P")


PartialHook: TypeAlias = Callable[
    [type[Model], Raw, Reading[Any], Mapping[str, str]], Awaitable[None]
]


@dataclass(frozen=True)
class Partner:
    """The platform behind a credentials token, as ``authenticate`` found it.

    A platform may subclass it to carry what its handlers need.

    Attributes:
        id: The key under which this platform keeps the partner.
        registering: True for the registration token (A): only versions and credentials open.
        parties: The parties that the partner speaks for, from its credentials roles.
        own_role: The one role of ours that the partner registered with, in a version that has one
            versions URL per role. Its token opens what is below the URL of this role; of other
            places only versions and credentials, where it can renew its registration.
        forwards: Whether it forwards messages of other parties, as a hub does: ``route`` is asked
            about those of its requests too that have no routing headers.
        dialect: How its bodies are read that are not valid; None refuses them.
        on_partial: Is called with an object that the dialect does not make valid, before the
            request is refused: its class, the text that was sent, how far it could be read, and
            the values of the path by name. The class may be a part, such as EVSE, or a patch.
    """

    id: str
    registering: bool = False
    parties: frozenset[PartyId] = field(default_factory=frozenset)
    own_role: PartyRole | None = None
    forwards: bool = False
    dialect: Dialect | None = field(default=None, compare=False)
    on_partial: PartialHook | None = field(default=None, compare=False, repr=False)

    def owns(self, country_code: str, party_id: str) -> bool:
        """Return whether the partner speaks for a party; ids are compared without case."""
        return PartyId.of(country_code, party_id) in self.parties


if TYPE_CHECKING:
    from typing_extensions import TypeVar as TypeVarWithDefault  # in typing from Python 3.13 on

    from ocpi_runtime.server._forwarding import Forward

    PartnerT_co = TypeVarWithDefault("PartnerT_co", bound=Partner, covariant=True, default=Partner)
else:
    PartnerT_co = TypeVar("PartnerT_co", bound=Partner, covariant=True)

Permit = Callable[[Partner, Interface, Operation], Partner]
"""Decides whether a partner may call an operation of an interface.

It returns the partner as the handler shall see it, for example with fewer parties, or raises the
error that the request is answered with.
"""


Route = Callable[
    [Partner, Interface, Operation, RoutingHeaders], Awaitable[tuple[Partner, PartyId | None]]
]
"""Decides about a request with routing headers, or of a partner that forwards messages: who asks,
and which party it is for.

It returns the partner and the receiving party as the handler shall see them, or raises the error
that the request is answered with.
"""


class AccessRules(NamedTuple):
    """What an application decides about each request.

    Attributes:
        permit: Whether a partner may call an operation; everybody may without it.
        route: What routing headers mean; they are taken as they are without it.
        forward: Which requests are for others; none are without it.
    """

    permit: Permit | None = None
    route: Route | None = None
    forward: "Forward | None" = None


class RequestScope(msgspec.Struct, frozen=True, eq=False):
    """The ASGI scope of a request: what OCPI does not know of it.

    Args:
        scope: The scope, as the server and the outer application made it.
    """

    _scope: Mapping[str, Any]

    def __repr__(self) -> str:
        return f"RequestScope({self._scope.get('path', '')!r})"  # without headers: a token is there

    @property
    def headers(self) -> dict[str, str]:
        """The headers by name in lower case; the credentials token is among them."""
        sent = self._scope.get("headers", ())
        return {name.decode("latin-1"): value.decode("latin-1") for name, value in sent}

    @property
    def state(self) -> Mapping[str, Any]:
        """What the lifespan or a middleware of the outer application put into the state."""
        found: Mapping[str, Any] = self._scope.get("state", {})
        return found


class Context(msgspec.Struct, Generic[PartnerT_co], frozen=True):
    """One request, without its parameters and body.

    A handler whose ``authenticate`` returns a class of its own writes ``Context[Customer]`` in its
    methods, and a type checker knows what ``context.partner`` has; ``Context`` alone is
    ``Context[Partner]``. Nothing checks the class at run time: that is :meth:`partner_as`.

    Attributes:
        partner: The authenticated partner.
        interface: The interface that was called.
        endpoint_url: The absolute URL at which the interface is mounted, without trailing slash.
        request_id: X-Request-ID, the peer's or ours.
        correlation_id: X-Correlation-ID, the peer's or ours.
        from_party: The sending party, from the routing headers; None if they were not sent.
        to_party: The receiving party, likewise.
        own_role: As which of its roles this platform was asked, in versions that have one
            versions URL per role; None where endpoints have roles themselves.
        scope: The headers of the request, and the state of the application.
    """

    partner: PartnerT_co
    interface: Interface
    endpoint_url: str
    request_id: str
    correlation_id: str
    from_party: PartyId | None = None
    to_party: PartyId | None = None
    own_role: PartyRole | None = None
    scope: RequestScope = msgspec.field(default_factory=lambda: RequestScope({}))

    def partner_as(self, kind: type[P]) -> P:
        """Return the partner as the class of the application that ``authenticate`` returns.

        Raises:
            TypeError: It is of another class.
        """
        if not isinstance(self.partner, kind):
            raise TypeError(f"authenticate returned {type(self.partner)}, not {kind}.")
        return self.partner

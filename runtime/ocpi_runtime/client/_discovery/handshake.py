"""The exchange of credentials from the side that starts it, without input and output."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias, TypeVar, cast

from ocpi_runtime._wire.exchange import Problem
from ocpi_runtime.binding import Binding
from ocpi_runtime.client._calls.call import call, report
from ocpi_runtime.client._calls.request import Answer, Request
from ocpi_runtime.client._calls.wire import Flow
from ocpi_runtime.client._discovery.discovery import Found, discover
from ocpi_runtime.client._discovery.endpoints import Endpoint
from ocpi_runtime.client._options import Settings
from ocpi_runtime.errors import (
    MethodNotAllowed,
    NoMatchingEndpoints,
    NotAuthorized,
    ProtocolError,
    RequestTimeout,
)
from ocpi_runtime.token import is_token
from ocpi_runtime.types import Model

__all__ = ["Own", "Registered", "Side", "discovered", "end", "exchange"]

CredentialsT = TypeVar("CredentialsT", bound=Model)
AnyBinding: TypeAlias = Binding[Any, Any]
Own: TypeAlias = CredentialsT | Callable[[AnyBinding], CredentialsT]
Side: TypeAlias = tuple[str, str]

_HINTS = {
    "post_credentials": "We are registered there already: update, or have the peer unregister us.",
    "put_credentials": "We are not registered there: register with a token A of the peer.",
    "delete_credentials": "We are not registered there, so there is no registration to delete.",
}
_UNCERTAIN = (
    "The peer may have completed the request. If it no longer accepts the old token, have it "
    "delete the registration and register again with a new token A."
)


@dataclass(frozen=True, slots=True)
class Registered(Generic[CredentialsT]):
    """What a platform keeps of a registration.

    Attributes:
        binding: The version that both agreed on.
        endpoints: The endpoints of the peer in this version, for ``Peer.at``.
        credentials: The credentials of the peer: its token for us, its versions URL, its roles.
        token: The token that we use from now on (C).
        token_base64: Whether the peer takes it in Base64, for ``Peer.at``.
    """

    binding: AnyBinding
    endpoints: tuple[Endpoint, ...]
    credentials: CredentialsT = field(repr=False)
    token: str = field(repr=False)
    token_base64: bool

    @property
    def version(self) -> str:
        """The version that both agreed on."""
        return self.binding.version


def exchange(
    operation_id: str, found: Found, own: Own[CredentialsT], expects: Sequence[Side]
) -> Flow[Registered[CredentialsT]]:
    """Send our credentials and read those of the peer.

    Raises:
        OcpiError: See :func:`ocpi_runtime.client.registration.register`.
    """
    _check_expected(found, expects)
    body = own(found.binding) if callable(own) else own
    answer = yield from _send(operation_id, found, body)
    credentials = cast("CredentialsT", answer.data)
    return Registered(
        found.binding,
        tuple(found.connection.endpoints),
        credentials,
        _new_token(found, answer),
        found.connection.base64,
    )


def end(found: Found) -> Flow[None]:
    """Take our credentials back.

    Raises:
        OcpiError: See :func:`ocpi_runtime.client.registration.unregister`.
    """
    yield from _send("delete_credentials", found, None)


def discovered(
    versions_url: str, token: str, bindings: Sequence[AnyBinding], settings: Settings
) -> Flow[Found]:
    """Find the peer's credentials endpoint.

    Raises:
        OcpiError: As every call.
    """
    try:
        return (yield from discover(versions_url, token, bindings, settings))
    except NotAuthorized as error:
        error.hint = "Check the token: a token A can be used for one registration only."
        raise


def _send(operation_id: str, found: Found, body: Any) -> Flow[Answer[Any]]:
    interface = found.binding.interfaces["credentials", "both"]
    operation = interface.operations[operation_id]
    try:
        return (yield from call(found.connection, Request(interface, operation, body=body)))
    except MethodNotAllowed as error:
        error.hint = _HINTS[operation_id]
        raise
    except (RequestTimeout, ProtocolError) as error:
        error.hint = _UNCERTAIN
        raise


def _check_expected(found: Found, expects: Sequence[Side]) -> None:
    missing = [each for each in expects if found.connection.endpoints.find(*each) is None]
    if missing:
        named = ", ".join(f"{module} ({role.upper()})" for module, role in missing)
        raise NoMatchingEndpoints(
            f"The peer does not offer {named} in {found.binding.version}; nothing was sent.",
            hint="Have the administrator of the peer publish the endpoints, or expect fewer.",
        )


def _new_token(found: Found, answer: Answer[Any]) -> str:
    """Take the token out of the peer's credentials.

    Raises:
        ProtocolError: It cannot be used as one.
    """
    token: str = answer.data.token
    if not is_token(token):
        raise ProtocolError(
            f"The credentials from {answer.url} have a token that is not printable ASCII text.",
            hint=_UNCERTAIN,
        )
    if token == found.connection.token:
        message = "The token in the credentials is the old one; a new token is required."
        report(found.connection.settings, Problem("credentials", answer.url, message, "/token"))
    return token

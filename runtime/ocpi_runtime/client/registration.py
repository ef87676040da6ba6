"""Registration from the side that starts it: POST, PUT and DELETE of credentials.

Token A comes from the peer outside of OCPI and opens its versions and credentials. We make token
B and send it in our credentials; the peer calls us with it while we wait, so our platform has to
accept it before ``register`` is called. Token C is in the answer and replaces A (credentials
chapter).

    done = await register(versions_url, token_a, Credentials(token=token_b, ...), bindings=[...])
    peer = Peer.at(done.binding, done.endpoints, done.token, token_base64=done.token_base64)
"""

from collections.abc import Sequence
from contextlib import aclosing, closing
from typing import Any, TypeVar, Unpack

from ocpi_runtime.binding import Binding
from ocpi_runtime.client._discovery.handshake import (
    Own,
    Registered,
    Side,
    discovered,
    end,
    exchange,
)
from ocpi_runtime.client._http.drivers import AsyncWire, SyncWire
from ocpi_runtime.client._http.libraries import HttpClient, SyncHttpClient
from ocpi_runtime.client._options import Options, Settings
from ocpi_runtime.types import Model

__all__ = [
    "Registered",
    "register",
    "register_sync",
    "unregister",
    "unregister_sync",
    "update",
    "update_sync",
]

CredentialsT = TypeVar("CredentialsT", bound=Model)
_POST, _PUT = "post_credentials", "put_credentials"


async def register(
    versions_url: str,
    token: str,
    own: Own[CredentialsT],
    *,
    bindings: Sequence[Binding[Any, Any]],
    expects: Sequence[Side] = (),
    http: HttpClient | None = None,
    **options: Unpack[Options],
) -> Registered[CredentialsT]:
    """Register with a peer for the first time.

    Args:
        versions_url: Where the peer lists its versions.
        token: Token A.
        own: Our credentials with token B, of the class that the version has; or a function that
            makes them for the binding that was chosen.
        bindings: The versions that we speak; the newest that both know is used.
        expects: Modules and interfaces that the peer must offer, such as
            ``("locations", "sender")``; nothing is sent if one is missing.
        http: See :func:`ocpi_runtime.client._connect`.
        options: See :class:`ocpi_runtime.client.Settings`.

    Raises:
        MethodNotAllowed: We are registered there already.
        ClientApiUnusable: The peer could not read our versions with token B.
        NoMatchingEndpoints: One side misses endpoints at the other.
        UnsupportedVersion: No version in common.
        OcpiError: As every call.
    """
    settings = Settings(**options)
    async with aclosing(AsyncWire.opened(settings, http)) as wire:
        found = await wire.run(discovered(versions_url, token, bindings, settings))
        return await wire.run(exchange(_POST, found, own, expects))


async def update(
    versions_url: str,
    token: str,
    own: Own[CredentialsT],
    *,
    bindings: Sequence[Binding[Any, Any]],
    expects: Sequence[Side] = (),
    http: HttpClient | None = None,
    **options: Unpack[Options],
) -> Registered[CredentialsT]:
    """Renew a registration: another version, other endpoints, new tokens or roles.

    Args:
        versions_url: Where the peer lists its versions.
        token: The token that is in use (C).
        own: Our credentials with a new token for the peer; see :func:`register`.
        bindings: The versions that we speak; the newest that both know is used from now on.
        expects: See :func:`register`.
        http: See :func:`ocpi_runtime.client._connect`.
        options: See :class:`ocpi_runtime.client.Settings`.

    Raises:
        MethodNotAllowed: We are not registered there.
        OcpiError: As :func:`register`.
    """
    settings = Settings(**options)
    async with aclosing(AsyncWire.opened(settings, http)) as wire:
        found = await wire.run(discovered(versions_url, token, bindings, settings))
        return await wire.run(exchange(_PUT, found, own, expects))


async def unregister(
    versions_url: str,
    token: str,
    *,
    bindings: Sequence[Binding[Any, Any]],
    http: HttpClient | None = None,
    **options: Unpack[Options],
) -> None:
    """End a registration; neither side's token is of use afterwards.

    Args:
        versions_url: Where the peer lists its versions.
        token: The token that is in use (C).
        bindings: The version of the registration.
        http: See :func:`ocpi_runtime.client._connect`.
        options: See :class:`ocpi_runtime.client.Settings`.

    Raises:
        MethodNotAllowed: We are not registered there.
        OcpiError: As every call.
    """
    settings = Settings(**options)
    async with aclosing(AsyncWire.opened(settings, http)) as wire:
        found = await wire.run(discovered(versions_url, token, bindings, settings))
        await wire.run(end(found))


def register_sync(
    versions_url: str,
    token: str,
    own: Own[CredentialsT],
    *,
    bindings: Sequence[Binding[Any, Any]],
    expects: Sequence[Side] = (),
    http: SyncHttpClient | None = None,
    **options: Unpack[Options],
) -> Registered[CredentialsT]:
    """Register with a peer for the first time; see :func:`register`."""
    settings = Settings(**options)
    with closing(SyncWire.opened(settings, http)) as wire:
        found = wire.run(discovered(versions_url, token, bindings, settings))
        return wire.run(exchange(_POST, found, own, expects))


def update_sync(
    versions_url: str,
    token: str,
    own: Own[CredentialsT],
    *,
    bindings: Sequence[Binding[Any, Any]],
    expects: Sequence[Side] = (),
    http: SyncHttpClient | None = None,
    **options: Unpack[Options],
) -> Registered[CredentialsT]:
    """Renew a registration; see :func:`update`."""
    settings = Settings(**options)
    with closing(SyncWire.opened(settings, http)) as wire:
        found = wire.run(discovered(versions_url, token, bindings, settings))
        return wire.run(exchange(_PUT, found, own, expects))


def unregister_sync(
    versions_url: str,
    token: str,
    *,
    bindings: Sequence[Binding[Any, Any]],
    http: SyncHttpClient | None = None,
    **options: Unpack[Options],
) -> None:
    """End a registration; see :func:`unregister`."""
    settings = Settings(**options)
    with closing(SyncWire.opened(settings, http)) as wire:
        found = wire.run(discovered(versions_url, token, bindings, settings))
        wire.run(end(found))

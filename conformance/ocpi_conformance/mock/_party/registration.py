"""Tokens of the client, and the exchange of credentials with it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from ocpi_conformance.mock._party.calling import Caller
from ocpi_runtime import token as tokens
from ocpi_runtime.binding import Binding
from ocpi_runtime.client import Endpoint, Limits, connect
from ocpi_runtime.errors import ClientApiUnusable, MethodNotAllowed, OcpiError
from ocpi_runtime.parties import PartyRole, other
from ocpi_runtime.server import Context, Partner, Received, Stub
from ocpi_runtime.testing import answering
from ocpi_runtime.types import PartyId, Raw
from ocpi_runtime.urls import UrlPolicy

__all__ = ["IssuedToken", "Registration"]

_POLICY: Final = UrlPolicy(allow_private=True, allow_http=True)
_LIMITS: Final = Limits(connect=5.0, read=8.0, total=10.0, retries=0)
_FREE: Final = ("GET", "POST")
_TAKEN: Final = ("GET", "PUT", "DELETE")


class _Anybody(Partner):
    """A client whose party is not known yet."""

    def owns(self, country_code: str, party_id: str) -> bool:
        """Return that it speaks for any party."""
        del country_code, party_id
        return True


@dataclass(slots=True)
class IssuedToken:
    """A token that the mock issued to the client.

    Attributes:
        name: ``direct``, ``A``, ``C1``, ``C2`` and so on, in which reports name it.
        value: The token.
        retired: Whether it is valid no more.
    """

    name: str
    value: str
    retired: bool = False


@dataclass
class Registration:
    """Which tokens the client may use, and what it registered.

    Attributes:
        binding: The version.
        roles: The roles of the mock with its parties.
        versions_url: Where the mock lists its versions.
        caller: Learns the token of the client.
        client: The party of the client; None for any. The roles of its credentials replace it.
        callbacks: Whether the client's versions are read during the registration, as a platform
            does; a client without a server of its own cannot register otherwise.
        issued: All tokens, in the order of their issue.
        endpoints: The endpoints of the client, as they were read.
    """

    binding: Binding[Any, Any]
    roles: Sequence[tuple[str, PartyId]]
    versions_url: str
    caller: Caller
    client: PartyId | None
    callbacks: bool
    issued: list[IssuedToken]
    endpoints: Sequence[Endpoint] = ()
    parties: frozenset[PartyId] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        self.parties = frozenset() if self.client is None else frozenset({self.client})

    def known(self, value: str) -> IssuedToken | None:
        """Return the issued token of a value."""
        return next((one for one in self.issued if one.value == value), None)

    async def authenticate(self, candidates: Sequence[str]) -> Partner | None:
        """Return the client, if it sent a token that is valid."""
        for value in candidates:
            found = self.known(value)
            if found is not None and not found.retired:
                kind = Partner if self.parties else _Anybody
                return kind("client", registering=found.name == "A", parties=self.parties)
        return None

    def handler(self) -> Stub:
        """Return the handler of the module credentials."""
        return answering(
            self.binding.stub("credentials", "both"),
            get_credentials=self._get,
            post_credentials=self._post,
            put_credentials=self._put,
            delete_credentials=self._delete,
        )

    @property
    def _current(self) -> IssuedToken | None:
        exchanged = [one for one in self.issued if one.name.startswith("C") and not one.retired]
        return exchanged[-1] if exchanged else None

    def _get(self, _context: Context) -> Raw:
        current = self._current
        return self._credentials(current.value if current else self.issued[0].value)

    async def _post(self, context: Context, body: Received[Any]) -> Raw:
        if self._current is not None:
            raise MethodNotAllowed("You are registered here already.", allow=_TAKEN)
        return await self._exchange(context, body)

    async def _put(self, context: Context, body: Received[Any]) -> Raw:
        if self._current is None:
            raise MethodNotAllowed("You are not registered here.", allow=_FREE)
        return await self._exchange(context, body)

    def _delete(self, _context: Context) -> None:
        if self._current is None:
            raise MethodNotAllowed("You are not registered here.", allow=_FREE)
        self._current.retired = True
        self.caller.token = None

    async def _exchange(self, context: Context, body: Received[Any]) -> Raw:
        if self.callbacks:
            await self._discover(context, body.value)
        read = getattr(body.value, "roles", None) or [body.value]
        self.parties = frozenset(PartyId.of(one.country_code, one.party_id) for one in read)
        self.caller.token = body.value.token
        number = sum(one.name.startswith("C") for one in self.issued) + 1
        for one in self.issued:
            one.retired = one.retired or one.name != "direct"
        made = IssuedToken(f"C{number}", tokens.new_token())
        self.issued.append(made)
        return self._credentials(made.value)

    async def _discover(self, context: Context, credentials: Any) -> None:
        role = context.own_role
        peer_role: PartyRole | None = None if role is None else other(role)
        try:
            async with connect(
                str(credentials.url),
                credentials.token,
                bindings=[self.binding],
                policy=_POLICY,
                limits=_LIMITS,
                peer_role=peer_role,
            ) as peer:
                self.endpoints = peer.endpoints
        except OcpiError as error:
            message = f"Your versions could not be read at {credentials.url}: {error.message}"
            raise ClientApiUnusable(message) from error

    def _credentials(self, token: str) -> Raw:
        roles = [
            {
                "role": role,
                "business_details": {"name": f"Mock {role}"},
                "country_code": party.country_code,
                "party_id": party.party_id,
            }
            for role, party in self.roles
        ]
        data: dict[str, Any] = {"token": token, "url": self.versions_url}
        with_roles = self.binding.interfaces["credentials", "both"].roles
        data |= {"roles": roles} if with_roles else {**roles[0]}
        data.pop("role", None)
        return Raw(json.dumps(data).encode())

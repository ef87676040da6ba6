"""The credentials interface of any version: partners register, renew and end it here."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ocpi_runtime import token as tokens
from ocpi_runtime.binding import Binding
from ocpi_runtime.client import Limits, connect
from ocpi_runtime.credentials._messages import check_allowed, parties_of
from ocpi_runtime.credentials._store import Registration
from ocpi_runtime.errors import ClientApiUnusable, MethodNotAllowed, OcpiError, UnsupportedVersion
from ocpi_runtime.parties import other
from ocpi_runtime.server import Context, Received, Stub
from ocpi_runtime.types import Model

if TYPE_CHECKING:
    from ocpi_runtime.credentials._registrar import RegisteredPartner, Registrar

__all__ = ["HANDSHAKE", "CredentialsHandler"]

HANDSHAKE = Limits(connect=5.0, read=8.0, total=10.0, retries=0)
"""For calls while the partner waits for our answer."""
_FREE = ("GET", "POST")
_TAKEN = ("GET", "PUT", "DELETE")


class CredentialsHandler(Stub):
    """Answers the credentials module of one version.

    Args:
        registrar: Has the store and our parties.
        binding: The version.
    """

    def __init__(self, registrar: "Registrar", binding: Binding[Any, Any]) -> None:
        self.INTERFACE = binding.interfaces["credentials", "both"]  # type: ignore[misc]  # by version
        self._registrar, self._binding = registrar, binding

    async def get_credentials(self, context: Context) -> Model:
        """Return our credentials with the token that the partner uses."""
        return self._own(context, _known(context).token)

    async def post_credentials(self, context: Context, body: Received[Any]) -> Model:
        """Register a partner that was invited.

        It may do so again until it uses the token that it was given: our answer may be lost.
        """
        partner = _known(context)
        stored = partner.registration
        if stored.pending or (stored.token_there is not None and not partner.by_previous):
            raise MethodNotAllowed("You are registered here already.", allow=_TAKEN)
        return await self._exchange(context, stored, body.value)

    async def put_credentials(self, context: Context, body: Received[Any]) -> Model:
        """Renew a registration: version, endpoints, parties and both tokens."""
        return await self._exchange(context, _registered(context), body.value)

    async def delete_credentials(self, context: Context) -> None:
        """End a registration."""
        await self._replace(_registered(context), None)

    async def _exchange(self, context: Context, stored: Registration, credentials: Any) -> Model:
        parties = parties_of(credentials)
        check_allowed(parties, stored.allowed)
        token = tokens.new_token()
        renewed = replace(
            stored,
            token_digest=tokens.digest(token),
            previous_digest=tokens.digest(_known(context).token),
            revision=stored.revision + 1,
            token_there=credentials.token,
            versions_url=str(credentials.url),
            version=self._binding.version,
            parties=parties,
            own_role=context.own_role,
        )
        answer = self._own(context, token)
        await self._replace(stored, await self._discovered(renewed))
        return answer

    async def _discovered(self, new: Registration) -> Registration:
        """Read the partner's versions with the token that it issued."""
        registrar = self._registrar
        options = registrar.options | {"limits": HANDSHAKE}
        if new.own_role is not None:
            options["peer_role"] = other(new.own_role)
        if "transport" in options:
            options["transport"] = options["transport"].without_times()
        try:
            async with connect(
                str(new.versions_url),
                str(new.token_there),
                bindings=[self._binding],
                http=registrar.http,
                **options,
            ) as peer:
                return replace(new, endpoints=peer.endpoints, token_base64=peer.token_base64)
        except UnsupportedVersion:
            raise
        except OcpiError as error:
            message = f"Your versions could not be read at {new.versions_url}: {error.message}"
            raise ClientApiUnusable(message) from error

    async def _replace(self, old: Registration, new: Registration | None) -> None:
        if not await self._registrar.store.replace(old, new):
            raise MethodNotAllowed("The registration has just changed.", allow=_TAKEN)

    def _own(self, context: Context, token: str) -> Model:
        return self._registrar.credentials(self._binding, token, context.own_role)


def _known(context: Context) -> "RegisteredPartner":
    from ocpi_runtime.credentials._registrar import RegisteredPartner  # noqa: PLC0415 - a circle

    if not isinstance(context.partner, RegisteredPartner):
        raise TypeError("create_app must be given authenticate=registrar.authenticate")
    return context.partner


def _registered(context: Context) -> Registration:
    partner = _known(context)
    stored = partner.registration
    if stored.token_there is None or (stored.pending and not partner.by_previous):
        raise MethodNotAllowed("You are not registered here.", allow=_FREE)
    return stored

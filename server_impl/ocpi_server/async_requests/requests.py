"""Requests to partners whose result comes later: commands and charging profiles. An eMSP's side."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec

from ocpi_runtime.binding import Binding
from ocpi_runtime.codec import validate
from ocpi_runtime.errors import NotSupported
from ocpi_runtime.server import endpoint_url
from ocpi_runtime.types import PartyId, Raw
from ocpi_server._versions import OWN_VERSION, binding_of
from ocpi_server.async_requests.pending import ACTIVE, CLEAR, SET, PendingRequests, new_id
from ocpi_server.async_requests.results import DELIVERY_SECONDS
from ocpi_server.objects.known_tokens import KnownTokens
from ocpi_server.partners import PartnerRecord
from ocpi_server.partners.calling import PartnerClients
from ocpi_server.settings import Settings
from ocpi_server.versioning.messages import MessageConverter

if TYPE_CHECKING:
    from ocpi_bindings.v2_2_1.clients import Clients

__all__ = ["RequestOutcome", "RequestSender", "SentRequest"]

_LONGEST_SECONDS: Final = 3600
"""How long a result is awaited at most, whatever a partner announces."""


@dataclass(frozen=True, slots=True)
class RequestOutcome:
    """How a request went.

    Attributes:
        uid: The id of the request, the end of the URL for its result.
        response: The immediate response of the partner, such as ``ACCEPTED``.
        result: What came later, as JSON text; None where nothing was due or nothing came in time.
    """

    uid: str
    response: str
    result: Raw | None

    @property
    def outcome(self) -> str | None:
        """The field ``result`` of what came later, such as ``ACCEPTED``."""
        if self.result is None:
            return None
        found: Any = msgspec.json.decode(self.result).get("result")
        return None if found is None else str(found)


@dataclass(frozen=True, slots=True)
class SentRequest:
    """A request that a partner has responded to.

    Attributes:
        uid: The id of the request.
        response: The response, such as ``ACCEPTED``.
        seconds: How long its result may take.
    """

    uid: str
    response: str
    seconds: float

    @property
    def accepted(self) -> bool:
        """Whether a result is due."""
        return self.response == "ACCEPTED"


class RequestSender:
    """Sends requests to CPOs and waits for their results.

    Args:
        settings: Who we are.
        clients: Calls partners.
        exchanges: Takes the results.
        bindings: The versions that this platform speaks, by number.
        messages: Converts requests to the version of the partner.
        tokens: Remembers the tokens that are sent.
    """

    def __init__(
        self,
        settings: Settings,
        clients: PartnerClients,
        exchanges: PendingRequests,
        bindings: Mapping[str, Binding[Any, Any]],
        messages: MessageConverter,
        tokens: KnownTokens,
    ) -> None:
        self._settings = settings
        self._clients = clients
        self._exchanges = exchanges
        self._bindings = bindings
        self._messages = messages
        self._tokens = tokens

    async def command(
        self,
        partner: PartnerRecord,
        command: str,
        body: Mapping[str, Any],
        *,
        to_party: PartyId | None = None,
    ) -> RequestOutcome:
        """Send a command and wait for its result.

        Args:
            partner: To whom.
            command: ``START_SESSION``, ``STOP_SESSION``, ``RESERVE_NOW``, ``CANCEL_RESERVATION``
                or ``UNLOCK_CONNECTOR``.
            body: Its fields without ``response_url``; JSON text in them is kept as it is.
            to_party: Which of the partner's parties, or of those behind a hub.

        Raises:
            InvalidParameters: The command breaks the rules of its class; nothing was sent.
            NotSupported: The version of the partner has no such command.
            OcpiError: The partner refused it.
        """
        sent = await self.send(partner, command, body, to_party=to_party)
        return RequestOutcome(sent.uid, sent.response, await self._result(sent))

    async def send(
        self,
        partner: PartnerRecord,
        command: str,
        body: Mapping[str, Any],
        *,
        to_party: PartyId | None = None,
        opened: Callable[[str], Awaitable[None]] | None = None,
    ) -> SentRequest:
        """Send a command as :meth:`command` does, and do not wait for its result.

        Args:
            partner: To whom.
            command: Which command.
            body: Its fields without ``response_url``.
            to_party: Which of the partner's parties.
            opened: Called with the id of the request before it is sent.

        Raises:
            OcpiError: As :meth:`command`.
        """
        operation = f"post_{command.lower()}"
        self._must_know(partner, "commands", operation)
        uid = new_id()
        url = self._url(partner, "commands", command, uid)
        raw = self._checked(partner, "commands", operation, {**body, "response_url": url})
        await self._exchanges.open(partner.id, command, _subject(body), uid=uid)
        if opened is not None:
            await opened(uid)
        if "token" in body:
            await self._tokens.note(_text(body["token"]))
        peer = self._clients.peer(partner, to_party=to_party)
        return self._sent(uid, await getattr(peer.commands, operation)(raw))

    async def set_profile(
        self,
        partner: PartnerRecord,
        session_id: str,
        profile: Mapping[str, Any],
        *,
        to_party: PartyId | None = None,
    ) -> RequestOutcome:
        """Set the charging profile of a session.

        Args:
            partner: To whom.
            session_id: The session.
            profile: The ChargingProfile.
            to_party: Which of the partner's parties, or of those behind a hub.

        Raises:
            OcpiError: As :meth:`command`.
        """
        self._must_know(partner, "chargingprofiles", "put_charging_profile")
        uid = new_id()
        url = self._url(partner, "chargingprofiles", "charging_profile_result", uid)
        body = {"charging_profile": profile, "response_url": url}
        raw = self._checked(partner, "chargingprofiles", "put_charging_profile", body)
        await self._exchanges.open(partner.id, SET, session_id, uid=uid)
        profiles = self._clients.peer(partner, to_party=to_party).chargingprofiles
        return await self._wait(uid, profiles.put_charging_profile(session_id, raw))

    async def active_profile(
        self,
        partner: PartnerRecord,
        session_id: str,
        seconds: int,
        *,
        to_party: PartyId | None = None,
    ) -> RequestOutcome:
        """Request the active profile of a session; arguments are those of :meth:`set_profile`.

        Raises:
            OcpiError: As :meth:`command`.
        """

        def call(peer: "Clients", url: str) -> Awaitable[Any]:
            return peer.chargingprofiles.get_active_charging_profile(
                session_id, duration=seconds, response_url=url
            )

        path = "active_charging_profile_result"
        return await self._by_url(partner, session_id, ACTIVE, path, call, to_party)

    async def clear_profile(
        self, partner: PartnerRecord, session_id: str, *, to_party: PartyId | None = None
    ) -> RequestOutcome:
        """Drop the charging profile of a session; as :meth:`set_profile`.

        Raises:
            OcpiError: As :meth:`command`.
        """

        def call(peer: "Clients", url: str) -> Awaitable[Any]:
            return peer.chargingprofiles.delete_charging_profile(session_id, response_url=url)

        path = "clear_profile_result"
        return await self._by_url(partner, session_id, CLEAR, path, call, to_party)

    async def _by_url(
        self,
        partner: PartnerRecord,
        session_id: str,
        kind: str,
        path: str,
        call: Callable[["Clients", str], Awaitable[Any]],
        to_party: PartyId | None,
    ) -> RequestOutcome:
        self._must_know(partner, "chargingprofiles", "put_charging_profile")
        uid = await self._exchanges.open(partner.id, kind, session_id)
        url = self._url(partner, "chargingprofiles", path, uid)
        return await self._wait(uid, call(self._clients.peer(partner, to_party=to_party), url))

    async def _wait(self, uid: str, sent: Awaitable[Any]) -> RequestOutcome:
        answered = self._sent(uid, await sent)
        return RequestOutcome(uid, answered.response, await self._result(answered))

    def _sent(self, uid: str, response: Any) -> SentRequest:
        # Before 2.2 the partner sends no timeout.
        usual = self._settings.command_timeout + DELIVERY_SECONDS
        seconds = getattr(response, "timeout", usual)
        seconds = min(max(seconds, 1), _LONGEST_SECONDS)
        return SentRequest(uid, str(response.result), seconds)

    async def _result(self, sent: SentRequest) -> Raw | None:
        if not sent.accepted:
            return None
        try:
            return await self._exchanges.wait(sent.uid, sent.seconds)
        except TimeoutError:
            return None

    def _url(self, partner: PartnerRecord, module: str, *tail: str) -> str:
        interface = self._bindings[partner.version or ""].interfaces[module, "sender"]
        return "/".join((endpoint_url(self._settings.base_url, interface), *tail))

    def _must_know(self, partner: PartnerRecord, module: str, operation: str) -> None:
        interface = self._bindings[partner.version or ""].interfaces.get((module, "receiver"))
        if interface is None or operation not in interface.operations:
            raise NotSupported(f"{operation} of {module} is not defined in OCPI {partner.version}.")

    def _checked(
        self, partner: PartnerRecord, module: str, operation: str, body: Mapping[str, Any]
    ) -> Raw:
        raw = msgspec.json.encode(
            {
                name: msgspec.Raw(part) if isinstance(part, bytes) else part
                for name, part in body.items()
            }
        )
        interface = binding_of(OWN_VERSION).interfaces[module, "receiver"]
        kind = interface.operations[operation].body
        validate(raw, kind)
        return self._messages.to(partner.version or "", kind.__name__, Raw(raw))


def _text(part: Any) -> bytes:
    return part if isinstance(part, bytes) else msgspec.json.encode(part)


def _subject(body: Mapping[str, Any]) -> str:
    for name in ("session_id", "reservation_id", "location_id"):
        if isinstance(body.get(name), str):
            return str(body[name])
    return ""

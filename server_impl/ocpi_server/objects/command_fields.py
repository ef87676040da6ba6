"""The fields of commands, and the places that they name."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import msgspec

from ocpi_runtime.errors import InvalidParameters, Violation
from ocpi_runtime.server import Context
from ocpi_runtime.types import PartyId, Raw
from ocpi_server._jsonbytes import elements, fields, read_text, text_field
from ocpi_server.charging import Order, StartOutcome
from ocpi_server.objects.location_parts import LocationPart, evse, find
from ocpi_server.objects.own_sessions import NewSession
from ocpi_server.objects.rules import holder_of
from ocpi_server.store import Stored

__all__ = ["Command", "CommandTarget", "require_connector"]


@dataclass(frozen=True, slots=True)
class CommandTarget:
    """The place that a command names, found among our locations.

    Attributes:
        location: The location.
        evse_uid: The EVSE, if the command names one, as the location spells it.
        connector_id: The connector, likewise.
    """

    location: Stored
    evse_uid: str | None
    connector_id: str | None

    @classmethod
    def at(cls, location: Stored, path: Sequence[LocationPart]) -> "CommandTarget":
        """Return the target at the end of a path that exists."""
        parts = (fields(find(location.raw, path[: at + 1]) or b"{}") for at in range(len(path)))
        names = [text_field(part, step.id_field) for part, step in zip(parts, path, strict=True)]
        evse_uid, connector_id = [*names, None, None][:2]
        return cls(location, evse_uid, connector_id)

    @property
    def owner(self) -> PartyId:
        """The party that runs the location."""
        return PartyId(self.location.key.country_code, self.location.key.party_id)

    @property
    def location_id(self) -> str:
        """The id as the location spells it."""
        return text_field(fields(self.location.raw), "id") or ""

    def choices(self, without: Collection[str] = ()) -> list[tuple[str, str]]:
        """Return the EVSEs and connectors that the command leaves open, in their order.

        Args:
            without: The uids of EVSEs that are left out, in small letters.
        """
        parts = fields(self.location.raw)
        found: list[tuple[str, str]] = []
        for each in elements(parts["evses"]) if "evses" in parts else []:
            inner = fields(each)
            uid = text_field(inner, "uid") or ""
            if self.evse_uid not in {None, uid} or uid.lower() in without:
                continue
            first = self.connector_id or _first_connector(inner["connectors"])
            found.append((uid, first))
        return found


class Command:
    """The fields of a command that any version has."""

    def __init__(self, raw: Raw) -> None:
        self._parts = fields(raw)
        self.size = len(raw)
        self.response_url = self.text("response_url")

    def text(self, name: str) -> str:
        """Read a required field."""
        return text_field(self._parts, name) or ""

    def maybe(self, name: str) -> str | None:
        """Read an optional field."""
        return text_field(self._parts, name)

    @property
    def token(self) -> bytes:
        """The Token, as JSON text."""
        return bytes(self._parts["token"])

    @property
    def token_owner(self) -> PartyId:
        """The eMSP of the token."""
        parts = fields(self.token)
        return PartyId.of(
            text_field(parts, "country_code") or "", text_field(parts, "party_id") or ""
        )

    def by_owner(self, context: Context) -> bool:
        """Return whether the partner speaks for the owner of the token."""
        return context.partner.owns(*self.token_owner)

    def order(self, context: Context, target: CommandTarget, session_id: str) -> Order:
        """Return the order for the charge point."""
        token = fields(self.token)
        return Order(
            location_id=target.location_id,
            evse_uid=target.evse_uid,
            connector_id=target.connector_id,
            token_uid=text_field(token, "uid") or "",
            token_type=text_field(token, "type") or "",
            token_owner=self.token_owner,
            session_id=session_id,
            registration=holder_of(context.partner),
        )

    def session(self, target: CommandTarget, session_id: str, done: StartOutcome) -> NewSession:
        """Describe the session that becomes of the command."""
        return NewSession(
            owner=target.owner,
            session_id=session_id,
            token=self.token,
            location_id=target.location_id,
            evse_uid=done.evse_uid,
            connector_id=done.connector_id,
            reference=self.maybe("authorization_reference"),
        )


def require_connector(target: CommandTarget) -> None:
    """Refuse a start without connector at an EVSE that asks for one.

    Raises:
        InvalidParameters: The EVSE asks for one.
    """
    if target.evse_uid is None or target.connector_id is not None:
        return
    parts = fields(find(target.location.raw, [evse(target.evse_uid)]) or b"{}")
    listed = elements(parts["capabilities"]) if "capabilities" in parts else []
    if any(read_text(each) == "START_SESSION_CONNECTOR_REQUIRED" for each in listed):
        fault = Violation("/connector_id", "required", "is required for this EVSE")
        raise InvalidParameters("connector_id is required for this EVSE.", violations=[fault])


def _first_connector(connectors: msgspec.Raw) -> str:
    listed = elements(connectors)
    return text_field(fields(listed[0]), "id") or "" if listed else ""

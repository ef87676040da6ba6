"""Bodies of commands, about a place of the party and in the name of a token of ours."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from ocpi_conformance.bundles.operations import Operation
from ocpi_conformance.check._crawl import crawl
from ocpi_conformance.check._interface import CheckedInterface
from ocpi_conformance.check._registry import Stopped
from ocpi_conformance.check.writing.kinds import class_of
from ocpi_conformance.check.writing.writes import ABSENT
from ocpi_runtime.codec import format_timestamp

__all__ = ["Commands", "commands_of", "find_session"]

_HOUR: Final = timedelta(hours=1)
Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Commands:
    """What commands of a run are about.

    Attributes:
        place: The receiver of commands.
        location: The location, EVSE and connector that are named.
        token: The token that is named, which the party has not got before.
    """

    place: CheckedInterface
    location: Data
    token: Data

    def operation(self, name: str) -> Operation:
        """Return the operation of a command.

        Raises:
            Stopped: The version has no such command.
        """
        found = self.place.operations.get(f"post_{name.lower()}")
        if found is None:
            raise Stopped(f"{self.place.version} has no {name}.")
        return found

    def body(self, name: str, **changes: Any) -> Data:
        """Return the body of a command.

        Args:
            name: Such as ``START_SESSION``.
            changes: Fields of other values; None leaves one out.
        """
        operation = self.operation(name)
        known = {
            "response_url": "https://example.com/result",
            "token": self.token,
            **self.location,
            "session_id": "CHK-NONE",
            "expiry_date": format_timestamp(datetime.now(UTC) + _HOUR),
            "authorization_reference": self.reference,
            "reservation_id": self.number,
        }
        world = self.place.writes.world(self.place.version)
        body = world.fitted(class_of(self.place.target.bundle, operation), known)
        changed = {**body, **{one: value for one, value in changes.items() if one in body}}
        return {one: value for one, value in changed.items() if value is not None}

    @property
    def reference(self) -> str:
        """The authorization reference of a session that is begun."""
        return self.place.writes.name(self.place.version)

    @property
    def number(self) -> Any:
        """The id of a reservation: a number up to 2.1.1."""
        text = self.place.writes.name(self.place.version)
        return int(text.encode()[-2:].hex(), 16) if self.place.version in {"2.0", "2.1.1"} else text


def commands_of(place: CheckedInterface) -> Commands:
    """Return what commands to a party are about.

    Raises:
        Stopped: The party lists no location with an EVSE and a connector.
    """
    listing = place.sibling("locations", "sender")
    if listing is None:
        raise Stopped("The party offers no list of locations.")
    found = sorted(_places(listing.objects()), key=lambda one: one[0])
    if not found:
        raise Stopped("No location of the party has an EVSE with a connector.")
    return Commands(place, found[0][1], place.writes.sample(place, "Token", ABSENT))


def _places(locations: list[Data]) -> Iterator[tuple[bool, Data]]:
    """Yield EVSEs, those that are not available behind the others."""
    for location in locations:
        for evse in location.get("evses") or ():
            for connector in evse.get("connectors") or ():
                names = {
                    "location_id": location.get("id"),
                    "evse_uid": evse.get("uid"),
                    "connector_id": connector.get("id"),
                }
                yield evse.get("status") != "AVAILABLE", names
                break


def find_session(place: CheckedInterface, token: Data) -> Data | None:
    """Return the newest session with a token in the list of sessions.

    Raises:
        Stopped: The party offers no list of sessions, or it cannot be read.
    """
    listing = place.sibling("sessions", "sender")
    if listing is None:
        raise Stopped("The party offers no list of sessions.")
    found = [one for one in crawl(listing, {}).items if _token_of(one) == token["uid"]]
    return max(found, key=lambda one: str(one.get("last_updated")), default=None)


def _token_of(session: Any) -> str | None:
    if not isinstance(session, dict):
        return None
    token = session.get("cdr_token")
    uid = token.get("uid") if isinstance(token, dict) else session.get("auth_id")
    return uid if isinstance(uid, str) else None

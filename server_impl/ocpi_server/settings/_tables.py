"""The tables of a settings file: own parties, rules for URLs, limits, pushes.

A new setting is one field here or in :mod:`ocpi_server.settings.model`.
"""

from dataclasses import dataclass
from typing import Annotated

from ocpi_runtime.server import Limits
from ocpi_runtime.types import PartyId
from ocpi_server.settings._checks import Flag, HttpUrl, ListOf, Number, Text
from ocpi_server.settings._known import COUNTRY, ROLE
from ocpi_server.settings.entries import Setting, checked

__all__ = ["LimitRules", "OwnParty", "PushRules", "UrlRules"]


@dataclass(frozen=True, slots=True)
class OwnParty:
    """One of the parties that this platform speaks for.

    Raises:
        SettingsError: A value is not allowed; all such values are named.
    """

    country_code: Annotated[str, Setting("The country, ISO 3166-1 alpha-2.", COUNTRY, "NL")]
    party_id: Annotated[
        str,
        Setting(
            "Three characters, unique within the country.",
            Text(least=3, most=3, ascii_only=True, what="a party id"),
            "EXA",
        ),
    ]
    role: Annotated[str, Setting("CPO, EMSP, HUB, NAP, NSP, OTHER, PTP or SCSP.", ROLE, "CPO")]
    name: Annotated[
        str, Setting("The name that partners show to people.", Text(most=100), "Example Charging")
    ]
    website: Annotated[
        str | None, Setting("Where people read more.", HttpUrl(), "https://example.com")
    ] = None

    def __post_init__(self) -> None:
        """Check every value."""
        checked(self)

    @property
    def id(self) -> PartyId:
        """The party without its role."""
        return PartyId.of(self.country_code, self.party_id)


@dataclass(frozen=True, slots=True)
class UrlRules:
    """Which URLs of partners this process may call.

    Raises:
        SettingsError: A value is not allowed; all such values are named.
    """

    allow_private: Annotated[
        bool,
        Setting(
            "Whether URLs of partners may be private or loopback addresses; never link-local.",
            Flag(),
        ),
    ] = False
    allow_http: Annotated[bool, Setting("Whether URLs of partners may be plain http.", Flag())] = (
        False
    )

    response_hosts: Annotated[
        tuple[str, ...],
        Setting(
            "Hosts besides the partner's own to which results may be sent (response_url); "
            '"*" stands for every host.',
            ListOf(Text(ascii_only=True, what="the name of a host")),
        ),
    ] = ()

    def __post_init__(self) -> None:
        """Check every value."""
        checked(self)


@dataclass(frozen=True, slots=True)
class LimitRules:
    """What one partner, one address or all of them may take of the server.

    Raises:
        SettingsError: A value is not allowed; all such values are named.
    """

    connections: Annotated[
        int, Setting("Maximum number of open connections.", Number(least=1, whole=True))
    ] = 4000
    connections_per_partner: Annotated[
        int,
        Setting("Maximum number of open connections of one partner.", Number(least=1, whole=True)),
    ] = 100
    connections_per_address: Annotated[
        int,
        Setting(
            "Maximum number of open connections of one address before their partner is known.",
            Number(least=1, whole=True),
        ),
    ] = 1000
    header_seconds: Annotated[
        float,
        Setting(
            "Time limit for the headers of a request.",
            Number(above=True, unit="seconds"),
        ),
    ] = 10.0
    answer_seconds: Annotated[
        float,
        Setting("Time limit for a client to read an answer.", Number(above=True, unit="seconds")),
    ] = 60.0
    keep_alive_seconds: Annotated[
        int,
        Setting(
            "Time limit of idle connections; longer than clients keep theirs.",
            Number(least=1, whole=True, unit="seconds"),
        ),
    ] = 75
    requests_per_partner: Annotated[
        int,
        Setting(
            "Maximum number of open requests of one partner.",
            Number(least=1, whole=True),
        ),
    ] = 100
    rate_per_partner: Annotated[
        float,
        Setting(
            "Maximum number of requests per second of one partner; 0 for any number.", Number()
        ),
    ] = 0.0
    stored_objects: Annotated[
        int,
        Setting(
            "Maximum number of stored objects of one partner; more is refused with 2001.",
            Number(least=1, whole=True),
        ),
    ] = 1_000_000
    stored_bytes: Annotated[
        int,
        Setting(
            "Maximum number of stored bytes of JSON of one partner; more is refused with 2001.",
            Number(least=1, whole=True, unit="bytes"),
        ),
    ] = 2_000_000_000
    parties_per_hub: Annotated[
        int,
        Setting(
            "Maximum number of parties behind one hub, by its ClientInfos; more is refused with "
            "2001.",
            Number(least=1, whole=True),
        ),
    ] = 5000

    def __post_init__(self) -> None:
        """Check every value."""
        checked(self)

    def of_server(self) -> Limits:
        """Return the bounds of the server that follow from it."""
        rate = self.rate_per_partner or None
        return Limits(partner_requests=self.requests_per_partner, partner_rate=rate)


@dataclass(frozen=True, slots=True)
class PushRules:
    """How own objects are pushed.

    Raises:
        SettingsError: A value is not allowed; all such values are named.
    """

    at_once: Annotated[
        int,
        Setting(
            "Maximum number of pushes to one partner at the same time.", Number(least=1, whole=True)
        ),
    ] = 4
    seconds: Annotated[
        float,
        Setting("Time limit of one push.", Number(above=True, most=60, unit="seconds")),
    ] = 10.0
    longest_pause: Annotated[
        float,
        Setting(
            "Maximum pause before a partner that does not answer is tried again.",
            Number(above=True, most=3600, unit="seconds"),
        ),
    ] = 300.0
    most_refusals: Annotated[
        int,
        Setting(
            "Number of refusals after which an object is parked.",
            Number(least=1, whole=True),
        ),
    ] = 8
    full_after_registration: Annotated[
        bool,
        Setting(
            "Whether a partner is sent all own objects that it may see when it has registered or "
            "renewed its registration.",
            Flag(),
        ),
    ] = False

    def __post_init__(self) -> None:
        """Check every value."""
        checked(self)

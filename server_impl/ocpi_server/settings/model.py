"""What an operator decides: who the platform is, where it is reached, where it keeps its data.

Each field is a whole entry: name, type, meaning, check and default. The settings file, the
variables ``OCPI_*`` of the environment and ``ocpi init`` read them from here.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final

from ocpi_runtime.dialect import Level
from ocpi_runtime.parties import CPO, EMSP, PartyRole
from ocpi_runtime.types import PartyId
from ocpi_server._versions import BEFORE_ROUTING, VERSIONS
from ocpi_server.settings._checks import FilePath, Flag, HttpUrl, ListOf, Number, Table, Tables
from ocpi_server.settings._databases import DatabaseUrl
from ocpi_server.settings._faults import SettingFault, SettingsError
from ocpi_server.settings._hub import HubRules
from ocpi_server.settings._known import CURRENCY, LEVEL, MODULE, TIME_ZONE, VERSION
from ocpi_server.settings._pull import PullRules
from ocpi_server.settings._serving import (
    ConsoleRules,
    HealthRules,
    LogRules,
    MessageRules,
    MetricsRules,
    OpenDataRules,
    OperatorRules,
    TracingRules,
)
from ocpi_server.settings._tables import LimitRules, OwnParty, PushRules, UrlRules
from ocpi_server.settings.entries import Setting, checked

__all__ = ["Settings"]

_CONNECTIONS: Final = 10
"""Open connections to one partner: one that does not answer keeps no more than these busy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one platform.

    Raises:
        SettingsError: A value is not allowed, or two contradict each other; all are named.
    """

    base_url: Annotated[
        str,
        Setting(
            "The public base URL of the platform.",
            HttpUrl(base=True),
            "https://ocpi.example.com/ocpi",
        ),
    ]
    parties: Annotated[
        tuple[OwnParty, ...],
        Setting("The parties that the platform speaks for.", Tables(OwnParty)),
    ]
    database: Annotated[
        str,
        Setting(
            "The database, as an SQLAlchemy URL; a file is relative to the settings file.",
            DatabaseUrl(),
        ),
    ] = "sqlite:///ocpi.sqlite"
    key_file: Annotated[
        Path | None,
        Setting(
            "The file of the key that encrypts partners' tokens; required where the database is "
            "not an SQLite file, else beside that file. Relative paths begin at the settings file.",
            FilePath(),
            "ocpi.key",
        ),
    ] = None
    urls: Annotated[UrlRules, Setting("Which URLs of partners may be called.", Table(UrlRules))] = (
        field(default_factory=UrlRules)
    )
    limits: Annotated[LimitRules, Setting("Limits for partners.", Table(LimitRules))] = field(
        default_factory=LimitRules
    )
    push: Annotated[PushRules, Setting("Pushes to partners.", Table(PushRules))] = field(
        default_factory=PushRules
    )
    open_data: Annotated[
        OpenDataRules, Setting("What everybody may read.", Table(OpenDataRules))
    ] = field(default_factory=OpenDataRules)
    console: Annotated[
        ConsoleRules, Setting("The operator's web console.", Table(ConsoleRules))
    ] = field(default_factory=ConsoleRules)
    operator: Annotated[OperatorRules, Setting("The operator API.", Table(OperatorRules))] = field(
        default_factory=OperatorRules
    )
    pull: Annotated[PullRules, Setting("Pulls from partners.", Table(PullRules))] = field(
        default_factory=PullRules
    )
    hub: Annotated[HubRules, Setting("What a hub forwards.", Table(HubRules))] = field(
        default_factory=HubRules
    )
    log: Annotated[LogRules, Setting("What is logged while it serves.", Table(LogRules))] = field(
        default_factory=LogRules
    )
    messages: Annotated[
        MessageRules,
        Setting("The message log: HTTP exchanges with partners.", Table(MessageRules)),
    ] = field(default_factory=MessageRules)
    health: Annotated[HealthRules, Setting("What is shown as a problem.", Table(HealthRules))] = (
        field(default_factory=HealthRules)
    )
    metrics: Annotated[MetricsRules, Setting("Metrics for Prometheus.", Table(MetricsRules))] = (
        field(default_factory=MetricsRules)
    )
    tracing: Annotated[TracingRules, Setting("Spans of OpenTelemetry.", Table(TracingRules))] = (
        field(default_factory=TracingRules)
    )
    command_timeout: Annotated[
        float,
        Setting(
            "Seconds that a charge point has to answer a command.",
            Number(above=True, most=3600, unit="seconds"),
        ),
    ] = 30.0
    authorize_needs_location: Annotated[
        bool,
        Setting(
            "Whether real-time authorization without a location is refused (status 2002).", Flag()
        ),
    ] = False
    tokens_elsewhere: Annotated[
        bool,
        Setting(
            "Whether our parties have tokens that are not kept here, so that sessions and CDRs "
            "about unknown tokens of theirs are taken.",
            Flag(),
        ),
    ] = False
    currency: Annotated[str, Setting("The currency of sessions, ISO 4217.", CURRENCY)] = "EUR"
    required_modules: Annotated[
        frozenset[str],
        Setting(
            "The modules that a partner must publish to be registered.", ListOf(MODULE, frozenset)
        ),
    ] = frozenset({"credentials"})
    versions: Annotated[
        tuple[str, ...], Setting("The OCPI versions that are spoken.", ListOf(VERSION, least=1))
    ] = VERSIONS
    time_zone: Annotated[
        str,
        Setting(
            "The time zone of partners' locations that do not name one (2.1.1 and 2.0).", TIME_ZONE
        ),
    ] = "UTC"
    dialect: Annotated[
        Level,
        Setting(
            "How much of what partners send is repaired when it is not valid: strict (nothing), "
            "standard (what is harmless) or lenient (all).",
            LEVEL,
        ),
    ] = "standard"
    token_a_days: Annotated[
        float, Setting("Days that an invitation can be used.", Number(above=True, unit="days"))
    ] = 7.0
    max_roles: Annotated[
        int,
        Setting("Maximum number of roles that one partner may have.", Number(least=1, whole=True)),
    ] = 5000

    def __post_init__(self) -> None:
        """Check every value, and what they must be together."""
        checked(self)
        names = [(party.id, party.role) for party in self.parties]
        twice = next((one for at, one in enumerate(names) if one in names[:at]), None)
        if twice is not None:
            text = f"parties: {twice[0]} is repeated in the role {twice[1]}"
            raise SettingsError(SettingFault(("parties", names.index(twice)), text))
        if self.key_file is None and not self.database.startswith("sqlite"):
            text = (
                "key_file: is required where the database is not an SQLite file, such as 'ocpi.key'"
            )
            raise SettingsError(SettingFault(("key_file",), text))

        if not self.spoken_versions:
            text = (
                f"versions: a hub needs a version with routing headers, 2.2 or newer, not "
                f"{', '.join(self.versions)}"
            )
            raise SettingsError(SettingFault(("versions",), text))

    def party_as(self, *roles: str) -> OwnParty:
        """Return the party that stands for the platform where only one can.

        Args:
            roles: The first of them that one of our parties has decides, else the first party.
        """
        for role in roles:
            for party in self.parties:
                if party.role == role:
                    return party
        return self.parties[0]

    def versions_url(self, role: PartyRole | None = None) -> str:
        """Return the versions URL, of a role in versions that have one for each."""
        below = "" if role is None else f"/{role.lower()}"
        return f"{self.base_url}{below}/versions"

    @property
    def main_role(self) -> PartyRole:
        """Return the role towards partners where only one counts, unless they have another."""
        return EMSP if self.parties[0].role not in {CPO, "HUB"} else CPO

    @property
    def own_parties(self) -> frozenset[PartyId]:
        """The parties without their roles."""
        return frozenset(party.id for party in self.parties)

    @property
    def roles(self) -> frozenset[str]:
        """All roles that the platform plays."""
        return frozenset(party.role for party in self.parties)

    @property
    def hub_party(self) -> PartyId | None:
        """The party in whose name messages are forwarded; None where nothing is forwarded."""
        hubs = [party.id for party in self.parties if party.role == "HUB"]
        return min(hubs) if hubs and self.hub.routing else None

    @property
    def spoken_versions(self) -> tuple[str, ...]:
        """The versions that are spoken: of a platform that is a hub alone, those with routing."""
        if self.hub_party is None or self.roles != {"HUB"}:
            return self.versions
        return tuple(each for each in self.versions if each not in BEFORE_ROUTING)

    @property
    def connections_each(self) -> int:
        """Maximum number of connections to one partner: of a hub, as many as requests forwarded."""
        forwarded = 0 if self.hub_party is None else self.hub.requests_per_platform
        return max(_CONNECTIONS, forwarded)

    @property
    def key_path(self) -> Path:
        """Where the key of the vault is kept."""
        if self.key_file is not None:
            return self.key_file
        _, _, file = self.database.partition("///")
        if self.database.startswith("sqlite") and file:
            return Path(file).with_suffix(".key")
        return Path("ocpi.key")

"""What an operator decides: who the platform is, where it is reached, where it keeps its data.

Settings come from one TOML file; the environment overrides what differs between machines::

    base_url = "https://ocpi.example.com/ocpi"
    database = "sqlite:///var/ocpi.sqlite"

    [[parties]]
    country_code = "NL"
    party_id = "EXA"
    role = "CPO"
    name = "Example Charging"

    [urls]
    allow_private = false
    allow_http = false
"""

import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocpi_runtime.parties import CPO, EMSP, PartyRole
from ocpi_runtime.types import PartyId
from ocpi_server.versions import VERSIONS

__all__ = ["LimitRules", "OwnParty", "Settings", "SettingsError", "UrlRules", "load_settings"]

_TRUE = frozenset({"1", "true", "yes", "on"})


class SettingsError(ValueError):
    """The settings lack something or contradict themselves."""


@dataclass(frozen=True, slots=True)
class OwnParty:
    """One of the parties that this platform speaks for.

    Attributes:
        country_code: ISO-3166 alpha-2.
        party_id: Three characters, unique within the country.
        role: The role in OCPI's spelling, such as ``CPO`` or ``EMSP``.
        name: What partners show to people.
        website: Where people read more, or None.
    """

    country_code: str
    party_id: str
    role: str
    name: str
    website: str | None = None

    @property
    def id(self) -> PartyId:
        """The party without its role."""
        return PartyId.of(self.country_code, self.party_id)


@dataclass(frozen=True, slots=True)
class UrlRules:
    """Which URLs of partners this process may call.

    Attributes:
        allow_private: Private and loopback addresses too; never link-local ones.
        allow_http: Plain http too.
        response_hosts: Hosts beside the partner's own to which results may be sent
            (``response_url``); ``*`` stands for every host.
    """

    allow_private: bool = False
    allow_http: bool = False
    response_hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LimitRules:
    """What one partner, one address or all of them may take of the server.

    Attributes:
        connections: The most open connections together.
        connections_per_partner: The most of one partner.
        connections_per_address: The most of one address before their partner is known.
        header_seconds: How long the headers of a request may take to arrive.
        answer_seconds: How long a client may take to read an answer.
        keep_alive_seconds: How long a connection may be idle; longer than clients keep theirs.
        requests_per_partner: How many requests of one partner may be open at the same time.
        rate_per_partner: How many requests per second one partner may send; 0 for any number.
    """

    connections: int = 4000
    connections_per_partner: int = 100
    connections_per_address: int = 1000
    header_seconds: float = 10.0
    answer_seconds: float = 60.0
    keep_alive_seconds: int = 75
    requests_per_partner: int = 100
    rate_per_partner: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one platform.

    Attributes:
        base_url: The public URL below which everything is mounted, without trailing slash.
        parties: The platform's own parties, at least one.
        database: An SQLAlchemy URL. ``sqlite:///file`` is served without threads in between.
        key_file: Where the key is kept that encrypts partners' tokens; beside the SQLite file
            when None. It is created, readable by its owner only, when it does not exist.
        urls: Which URLs of partners may be called.
        limits: What partners may take of the server.
        command_timeout: Seconds that a charge point has to answer a command.
        authorize_needs_location: Whether real-time authorization without a location is refused
            with status 2002.
        currency: The currency of sessions (ISO 4217).
        required_modules: Modules that a partner must publish to be registered.
        versions: The OCPI versions that are spoken.
        time_zone: The zone of partners' locations that do not say it (2.1.1 and 2.0).
        token_a_days: Days that an invitation can be used.
        max_roles: Roles that one partner may have.
    """

    base_url: str
    parties: tuple[OwnParty, ...]
    database: str = "sqlite:///ocpi.sqlite"
    key_file: Path | None = None
    urls: UrlRules = UrlRules()
    limits: LimitRules = LimitRules()
    command_timeout: float = 30.0
    authorize_needs_location: bool = False
    currency: str = "EUR"
    required_modules: frozenset[str] = frozenset({"credentials"})
    versions: tuple[str, ...] = VERSIONS
    time_zone: str = "UTC"
    token_a_days: float = 7.0
    max_roles: int = 5000

    def __post_init__(self) -> None:
        """Refuse settings that cannot work.

        Raises:
            SettingsError: No party, a party named twice in one role, a broken base URL, or a
                version that nobody speaks.
        """
        if not self.parties:
            raise SettingsError("a platform needs at least one party of its own")
        names = [(party.id, party.role) for party in self.parties]
        if len(set(names)) != len(names):
            raise SettingsError("two of the platform's own parties have the same id and role")
        if not self.base_url.startswith(("http://", "https://")):
            raise SettingsError("base_url must be absolute, such as https://example.com/ocpi")
        unknown = [version for version in self.versions if version not in VERSIONS]
        if unknown or not self.versions:
            raise SettingsError(f"versions must be some of {', '.join(VERSIONS)}")
        object.__setattr__(self, "base_url", self.base_url.rstrip("/"))

    def party_as(self, role: PartyRole) -> OwnParty:
        """Give the party that stands for the platform where only one can: that of a role."""
        for party in self.parties:
            if party.role == role:
                return party
        return self.parties[0]

    def versions_url(self, role: PartyRole | None = None) -> str:
        """Give a versions URL: that of a role, in versions that have one for each."""
        below = "" if role is None else f"/{role.lower()}"
        return f"{self.base_url}{below}/versions"

    @property
    def main_role(self) -> PartyRole:
        """As whom the platform meets others where only one role counts, unless told otherwise."""
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
    def key_path(self) -> Path:
        """Where the key of the vault is kept."""
        if self.key_file is not None:
            return self.key_file
        _, _, file = self.database.partition("///")
        if self.database.startswith("sqlite") and file:
            return Path(file).with_suffix(".key")
        return Path("ocpi.key")


def load_settings(path: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """Read a settings file and let ``OCPI_BASE_URL`` and its like override it.

    Args:
        path: The TOML file.
        environment: Where overrides are looked up; ``os.environ`` when None.

    Raises:
        SettingsError: The file is missing, is no TOML, or says something impossible.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from error
    over = _overrides(os.environ if environment is None else environment)
    values = document | over
    if isinstance(document.get("urls"), dict):
        values["urls"] = document["urls"] | over.get("urls", {})
    try:
        return _settings(values)
    except (TypeError, KeyError) as error:
        raise SettingsError(f"{path}: {error}") from error


def _overrides(environment: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {
        name: environment[f"OCPI_{name.upper()}"]
        for name in ("base_url", "database", "key_file")
        if f"OCPI_{name.upper()}" in environment
    }
    urls = {
        name: environment[f"OCPI_{name.upper()}"].lower() in _TRUE
        for name in ("allow_private", "allow_http")
        if f"OCPI_{name.upper()}" in environment
    }
    return found | ({"urls": urls} if urls else {})


def _settings(values: dict[str, Any]) -> Settings:
    given = dict(values)
    given["parties"] = tuple(OwnParty(**party) for party in given.pop("parties", ()))
    given["urls"] = _url_rules(**given.pop("urls", {}))
    given["limits"] = LimitRules(**given.pop("limits", {}))
    if "key_file" in given:
        given["key_file"] = Path(given["key_file"])
    if "required_modules" in given:
        given["required_modules"] = frozenset(given["required_modules"])
    if "versions" in given:
        given["versions"] = tuple(given["versions"])
    return Settings(**given)


def _url_rules(response_hosts: Sequence[str] = (), **given: bool) -> UrlRules:
    return UrlRules(response_hosts=tuple(response_hosts), **given)

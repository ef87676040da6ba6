"""The tables of a settings file about pulls: lists of partners, and feeds of open data."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from ocpi_runtime.dialect import Level
from ocpi_server.settings._checks import HttpUrl, ListOf, Number, Tables, Text
from ocpi_server.settings._faults import SettingFault, SettingsError
from ocpi_server.settings._known import FEED_MODULE, FEED_VERSION, LEVEL, PULLED
from ocpi_server.settings.entries import Setting, checked

__all__ = ["FeedRules", "PullRules"]


@dataclass(frozen=True, slots=True)
class FeedRules:
    """A feed of open data that is pulled while the platform is served.

    Raises:
        SettingsError: A value is not allowed; all such values are named.
    """

    name: Annotated[
        str,
        Setting(
            "The source, as 'ocpi partners list' shows it; it is added where there is none.",
            Text(most=100),
            "Open data",
        ),
    ]
    url: Annotated[
        str,
        Setting(
            "Where the feed is read, without a token; [urls] is heeded.",
            HttpUrl(),
            "https://data.example.com/locations.json.gz",
        ),
    ]
    module: Annotated[
        str,
        Setting("The module of its objects: locations, tokens or tariffs.", FEED_MODULE),
    ] = "locations"
    version: Annotated[str, Setting("The OCPI version of its objects.", FEED_VERSION)] = "2.2.1"
    dialect: Annotated[
        Level | None,
        Setting(
            "How much is repaired: strict, standard or lenient; by default as everywhere.",
            LEVEL,
            "lenient",
        ),
    ] = None
    every: Annotated[
        float,
        Setting("Interval between pulls.", Number(above=True, unit="seconds")),
    ] = 3600.0

    def __post_init__(self) -> None:
        """Check every value."""
        checked(self)
        if "@" in urlsplit(self.url).netloc:
            text = "url: user and password are not allowed; feeds are read anonymously"
            raise SettingsError(SettingFault(("url",), text))


@dataclass(frozen=True, slots=True)
class PullRules:
    """How lists of partners are pulled while the platform is served.

    Raises:
        SettingsError: A value is not allowed; all such values are named.
    """

    modules: Annotated[
        tuple[str, ...],
        Setting(
            "The modules whose lists are pulled from partners that offer them; none by default. "
            "hubclientinfo is pulled from hubs.",
            ListOf(PULLED),
            ("locations", "tariffs"),
        ),
    ] = ()
    every: Annotated[
        float,
        Setting(
            "Interval between pulls of what has changed.",
            Number(above=True, unit="seconds"),
        ),
    ] = 300.0
    nightly: Annotated[
        int,
        Setting("Hour in UTC at which pulls of whole lists begin.", Number(most=23, whole=True)),
    ] = 2
    splay: Annotated[
        float,
        Setting(
            "Maximum random delay of a whole pull.",
            Number(most=86400, unit="seconds"),
        ),
    ] = 3600.0
    overlap: Annotated[
        float,
        Setting(
            "Overlap of a pull with the one before, for clocks that differ.",
            Number(unit="seconds"),
        ),
    ] = 120.0
    feed_bytes: Annotated[
        int,
        Setting(
            "Maximum size of a feed at a URL, which is on disk while it is read; also of imports.",
            Number(least=1, whole=True, unit="bytes"),
        ),
    ] = 1_000_000_000
    feeds: Annotated[
        tuple[FeedRules, ...],
        Setting(
            "Open data of other parties at URLs, which is pulled without registration.",
            Tables(FeedRules, least=0),
        ),
    ] = ()

    def __post_init__(self) -> None:
        """Check every value, and that no feed is repeated."""
        checked(self)
        known = set[tuple[str, str]]()
        for at, feed in enumerate(self.feeds):
            if (feed.name, feed.module) in known:
                text = f"feeds: {feed.module} of {feed.name!r} is repeated; use another name"
                raise SettingsError(SettingFault(("feeds", at), text))
            known.add((feed.name, feed.module))

"""The names that settings choose from: countries, currencies, zones, roles and modules."""

from functools import cache
from importlib.resources import files
from typing import Final

from ocpi_runtime.dialect import LEVELS
from ocpi_server._versions import VERSIONS, package_of
from ocpi_server.settings._checks import Choice

__all__ = [
    "COUNTRY",
    "CURRENCY",
    "FEED_MODULE",
    "FEED_VERSION",
    "LEVEL",
    "LOG_FORMAT",
    "LOG_LEVEL",
    "MODULE",
    "PULLED",
    "PULLED_MODULES",
    "ROLE",
    "TIME_ZONE",
    "VERSION",
    "module_names",
]

PULLED_MODULES: Final = ("locations", "tokens", "tariffs", "sessions", "cdrs", "hubclientinfo")
_ROLES: Final = ("CPO", "EMSP", "HUB", "NAP", "NSP", "OTHER", "PTP", "SCSP")
# Not in ISO 3166-1, but what Kosovo goes by until it is.
_KOSOVO: Final = "XK"
# The list of all takes a tenth of a second to load, which every command would spend.
_FREQUENT_CURRENCIES: Final = frozenset({"CHF", "DKK", "EUR", "GBP", "NOK", "PLN", "SEK", "USD"})


@cache
def _countries() -> frozenset[str]:
    from iso3166 import countries_by_alpha2  # noqa: PLC0415 - only where settings are read

    return frozenset(countries_by_alpha2) | {_KOSOVO}


def _alpha2(text: str) -> str | None:
    """Return the code of a country by its name or its code of three letters."""
    from iso3166 import countries  # noqa: PLC0415 - only where settings are read

    found = countries.get(text, None)
    return found.alpha2 if found is not None else None


@cache
def _currencies() -> frozenset[str]:
    from iso4217 import Currency  # noqa: PLC0415 - only where settings are read

    return frozenset(one.value for one in Currency)


@cache
def _zones() -> frozenset[str]:
    from zoneinfo import available_timezones  # noqa: PLC0415 - reads many files

    return frozenset(available_timezones())


@cache
def module_names() -> tuple[str, ...]:
    """Return the modules of all versions, without the list of versions itself.

    They are read off the documents, ``<module>.<interface>.json``, because bindings are slow to
    import.
    """
    documents = [files(package_of(one)).joinpath("documents").iterdir() for one in VERSIONS]
    names = [each.name.split(".") for folder in documents for each in folder]
    found = {parts[0] for parts in names if len(parts) == 3}  # noqa: PLR2004 - as above
    return tuple(sorted(found - {"versions"}))


COUNTRY: Final = Choice(
    _countries,
    "a country code of two letters (ISO 3166-1 alpha-2), such as NL",
    any_case=True,
    other_names=_alpha2,
)
CURRENCY: Final = Choice(
    _currencies,
    "a currency code of three letters (ISO 4217), such as EUR",
    frequent=_FREQUENT_CURRENCIES,
)
TIME_ZONE: Final = Choice(_zones, "a time zone of the IANA database, such as Europe/Amsterdam")
LEVEL: Final = Choice(lambda: LEVELS)
LOG_LEVEL: Final = Choice(lambda: ("debug", "info", "warning", "error"))
LOG_FORMAT: Final = Choice(lambda: ("text", "json"))
ROLE: Final = Choice(lambda: _ROLES)
MODULE: Final = Choice(module_names)
# Without lists that are never removed from, and versions whose objects do not name their owner.
FEED_MODULE: Final = Choice(lambda: ("locations", "tokens", "tariffs"))
FEED_VERSION: Final = Choice(lambda: ("2.2", "2.2.1", "2.3.0"))
PULLED: Final = Choice(lambda: PULLED_MODULES)
VERSION: Final = Choice(lambda: VERSIONS)

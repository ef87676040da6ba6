"""The table of a settings file about a hub."""

import re
from dataclasses import dataclass
from typing import Annotated, Any, Final

from ocpi_runtime.types import PartyId
from ocpi_server.settings._checks import Check, Flag, ListOf, Number
from ocpi_server.settings._faults import Wrong
from ocpi_server.settings.entries import Setting, checked

__all__ = ["HubRules"]

_PAIR: Final = re.compile(r"[A-Za-z]{2}-[!-~]{3} [A-Za-z]{2}-[!-~]{3}")


@dataclass(frozen=True, slots=True)
class _Contract(Check):
    """Two parties that may reach each other."""

    def __call__(self, value: Any) -> Any:
        """Return the value as the settings carry it, or refuse it."""
        if not isinstance(value, str) or not _PAIR.fullmatch(value):
            raise Wrong(f"{value!r} is not a pair of parties, such as 'NL-CPO DE-MSP'")
        return value.upper()


@dataclass(frozen=True, slots=True)
class HubRules:
    """How a platform with the role HUB forwards messages.

    Raises:
        SettingsError: A value is not allowed; all such values are named.
    """

    routing: Annotated[
        bool,
        Setting(
            "Whether a platform with a party of the role HUB forwards messages between partners.",
            Flag(),
        ),
    ] = True
    seconds: Annotated[
        float,
        Setting(
            "How long a receiver may take to answer; longer is answered with 4002.",
            Number(above=True, most=25, unit="seconds"),
        ),
    ] = 20.0
    requests_per_platform: Annotated[
        int,
        Setting(
            "Maximum number of requests that are forwarded to one platform at the same time.",
            Number(least=1, most=1000, whole=True),
        ),
    ] = 20
    alive_seconds: Annotated[
        float,
        Setting(
            "After which time without a message it is checked whether a platform answers.",
            Number(least=1, most=86400, unit="seconds"),
        ),
    ] = 300.0
    contracts: Annotated[
        tuple[str, ...],
        Setting(
            "Pairs of parties that may reach each other, and nobody else then; none for all.",
            ListOf(_Contract()),
            ("NL-CPO DE-MSP",),
        ),
    ] = ()

    def __post_init__(self) -> None:
        """Check every value."""
        checked(self)

    @property
    def pairs(self) -> frozenset[frozenset[PartyId]]:
        """The contracts as pairs of parties; empty where all may reach each other."""
        return frozenset(
            frozenset(PartyId.parse(one) for one in pair.split()) for pair in self.contracts
        )

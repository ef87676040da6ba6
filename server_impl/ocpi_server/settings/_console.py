"""The table of a settings file about the console."""

from dataclasses import dataclass
from typing import Annotated

from ocpi_server.settings._checks import Flag, Number
from ocpi_server.settings.entries import Setting, checked

__all__ = ["ConsoleRules"]


@dataclass(frozen=True, slots=True)
class ConsoleRules:
    """The web console of the operator.

    Raises:
        SettingsError: A value is not allowed; all such values are named.
    """

    enabled: Annotated[
        bool,
        Setting("Whether operators may log in at /console of the host, with an API key.", Flag()),
    ] = False
    session_hours: Annotated[
        float,
        Setting("How long a login lasts.", Number(above=True, most=720, unit="hours")),
    ] = 12.0

    def __post_init__(self) -> None:
        """Check every value."""
        checked(self)

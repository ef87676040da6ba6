"""The reference OCPI platform."""

from ocpi_server.platform import Invitation, Platform
from ocpi_server.settings import (
    LimitRules,
    OwnParty,
    Settings,
    SettingsError,
    UrlRules,
    load_settings,
)

__all__ = [
    "Invitation",
    "LimitRules",
    "OwnParty",
    "Platform",
    "Settings",
    "SettingsError",
    "UrlRules",
    "load_settings",
]

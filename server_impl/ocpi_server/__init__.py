"""The reference OCPI platform."""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from ocpi_server._platform import Invitation, Platform
    from ocpi_server.settings import (
        ConsoleRules,
        FeedRules,
        HealthRules,
        HubRules,
        LimitRules,
        LogRules,
        MessageRules,
        MetricsRules,
        OpenDataRules,
        OperatorRules,
        OwnParty,
        PullRules,
        PushRules,
        Settings,
        SettingsError,
        TracingRules,
        UrlRules,
        load_settings,
    )

__all__ = [
    "ConsoleRules",
    "FeedRules",
    "HealthRules",
    "HubRules",
    "Invitation",
    "LimitRules",
    "LogRules",
    "MessageRules",
    "MetricsRules",
    "OpenDataRules",
    "OperatorRules",
    "OwnParty",
    "Platform",
    "PullRules",
    "PushRules",
    "Settings",
    "SettingsError",
    "TracingRules",
    "UrlRules",
    "load_settings",
]

_MODULES: Final = {
    "ConsoleRules": "ocpi_server.settings",
    "FeedRules": "ocpi_server.settings",
    "HealthRules": "ocpi_server.settings",
    "HubRules": "ocpi_server.settings",
    "Invitation": "ocpi_server._platform",
    "LimitRules": "ocpi_server.settings",
    "LogRules": "ocpi_server.settings",
    "MessageRules": "ocpi_server.settings",
    "MetricsRules": "ocpi_server.settings",
    "OpenDataRules": "ocpi_server.settings",
    "OperatorRules": "ocpi_server.settings",
    "OwnParty": "ocpi_server.settings",
    "Platform": "ocpi_server._platform",
    "PullRules": "ocpi_server.settings",
    "PushRules": "ocpi_server.settings",
    "Settings": "ocpi_server.settings",
    "SettingsError": "ocpi_server.settings",
    "TracingRules": "ocpi_server.settings",
    "UrlRules": "ocpi_server.settings",
    "load_settings": "ocpi_server.settings",
}
"""Where each name is defined. It is imported when it is used: commands print help without it."""


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)

"""The settings of a platform: what they are, how they are checked, and where they come from.

A new setting is one field in ``model.py`` or ``tables.py``: name, type, meaning, check and
default. The settings file, the environment and ``ocpi init`` follow from it.
"""

from ocpi_server.settings._faults import SettingFault, SettingsError
from ocpi_server.settings._hub import HubRules
from ocpi_server.settings._known import PULLED_MODULES, module_names
from ocpi_server.settings._load import load_settings, origins
from ocpi_server.settings._pull import FeedRules, PullRules
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
from ocpi_server.settings.model import Settings

__all__ = [
    "PULLED_MODULES",
    "ConsoleRules",
    "FeedRules",
    "HealthRules",
    "HubRules",
    "LimitRules",
    "LogRules",
    "MessageRules",
    "MetricsRules",
    "OpenDataRules",
    "OperatorRules",
    "OwnParty",
    "PullRules",
    "PushRules",
    "SettingFault",
    "Settings",
    "SettingsError",
    "TracingRules",
    "UrlRules",
    "load_settings",
    "module_names",
    "origins",
]

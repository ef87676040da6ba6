"""The settings as they are in effect, each with the place where it was set; secrets are masked."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from sqlalchemy import make_url

from ocpi_server.settings._checks import Table, Tables
from ocpi_server.settings._faults import Path as KeyPath
from ocpi_server.settings.entries import SettingEntry, entries
from ocpi_server.settings.model import Settings

__all__ = ["DEFAULT", "EffectiveSetting", "effective"]

DEFAULT: Final = "default"


class EffectiveSetting(NamedTuple):
    """One setting.

    Attributes:
        path: Its key, below that of its table; tables of an array are numbered from 0 on.
        value: What it is set to; None where it has no value.
        origin: File and line, the variable of the environment, or ``default``.
    """

    path: KeyPath
    value: Any
    origin: str


def effective(settings: Settings, origins: Mapping[KeyPath, str]) -> Iterator[EffectiveSetting]:
    """Yield all settings: those without a table first, as a settings file has them.

    Args:
        settings: The settings.
        origins: Where values were set, by path.
    """
    plain, tables = _split(Settings)
    for entry in plain:
        value = _shown(settings, entry.name)
        yield EffectiveSetting((entry.name,), value, _origin((entry.name,), origins))
    for entry, check in tables:
        yield from _table((entry.name,), getattr(settings, entry.name), check, origins)


def _table(
    path: KeyPath, value: Any, check: Table | Tables, origins: Mapping[KeyPath, str]
) -> Iterator[EffectiveSetting]:
    several = isinstance(check, Tables)
    for at, table in enumerate(value if several else [value]):
        place: KeyPath = (*path, at) if several else path
        plain, tables = _split(check.kind)
        for entry in plain:
            key = (*place, entry.name)
            yield EffectiveSetting(key, getattr(table, entry.name), _origin(key, origins))
        for entry, inner in tables:
            yield from _table((*place, entry.name), getattr(table, entry.name), inner, origins)


def _split(kind: type[Any]) -> tuple[list[SettingEntry], list[tuple[SettingEntry, Table | Tables]]]:
    plain, tables = [], []
    for entry in entries(kind).values():
        check = entry.setting.check
        if isinstance(check, Table | Tables):
            tables.append((entry, check))
        else:
            plain.append(entry)
    return plain, tables


def _shown(settings: Settings, name: str) -> Any:
    """Return a value as it can be shown: no password, and the key file that is used."""
    if name == "database":
        url = make_url(settings.database)
        secret = {name: "***" for name in url.query if "pass" in name.lower()}
        return url.update_query_dict(secret).render_as_string(hide_password=True)
    value = settings.key_path if name == "key_file" else getattr(settings, name)
    return str(value) if isinstance(value, Path) else value


def _origin(path: KeyPath, origins: Mapping[KeyPath, str]) -> str:
    return origins.get(path, DEFAULT)

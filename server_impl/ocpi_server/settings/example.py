"""A settings file to begin with: every setting, what it means, and its default."""

import json
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from ocpi_server.settings._checks import Table, Tables
from ocpi_server.settings.entries import REQUIRED, SettingEntry, entries
from ocpi_server.settings.model import Settings

__all__ = ["as_toml", "example"]

_WIDTH: Final = 98
_HEAD: Final = """\
# Settings of an OCPI platform. Paths are relative to this file. A variable of the environment
# with OCPI_ before the name of a key in capitals, such as OCPI_DATABASE, or of its table and the
# key, such as OCPI_URLS_ALLOW_HTTP, overrides its value here. Keys that are commented out are not
# set.
"""


def example(values: Mapping[str, Any], party: Mapping[str, Any]) -> str:
    """Return the text of a settings file that is valid as it is.

    Args:
        values: What is known already, by key, such as ``base_url``.
        party: The same for the one party in it.
    """
    plain: list[SettingEntry] = []
    tables: list[SettingEntry] = []
    for entry in entries(Settings).values():
        check = entry.setting.check
        (tables if isinstance(check, Table | Tables) else plain).append(entry)
    blocks = [_HEAD, *(_key(one, values) for one in plain)]
    for entry in tables:
        blocks += _table(entry, party if isinstance(entry.setting.check, Tables) else {})
    return "\n".join(blocks)


def _table(entry: SettingEntry, values: Mapping[str, Any]) -> Iterator[str]:
    check = entry.setting.check
    if isinstance(check, Table | Tables):
        heading = f"[[{entry.name}]]" if isinstance(check, Tables) else f"[{entry.name}]"
        yield f"{_comment(entry.setting.meaning)}{heading}\n"
        for one in entries(check.kind).values():
            inner = one.setting.check
            if isinstance(inner, Tables):
                yield _commented_out(f"{entry.name}.{one.name}", one.setting.meaning, inner)
            else:
                yield _key(one, values)


def _commented_out(name: str, meaning: str, tables: Tables) -> str:
    """Return an array of tables within a table, all of it commented out: by default it is empty."""
    keys = "".join(_key(one, {}) for one in entries(tables.kind).values())
    indented = "".join(f"#     {line}\n" for line in keys.splitlines())
    return f"{_comment(meaning)}# [[{name}]]\n{indented}"


def _key(entry: SettingEntry, values: Mapping[str, Any]) -> str:
    """Return a key with its meaning above; commented out where it has no value."""
    value = values.get(entry.name)
    if value is None:
        value = entry.setting.example if entry.default is REQUIRED else entry.default
    mark = "" if value is not None else "# "
    shown = entry.setting.example if value is None else value
    return f"{_comment(entry.setting.meaning)}{mark}{entry.name} = {as_toml(shown)}\n"


def _comment(text: str) -> str:
    return "".join(f"# {line}\n" for line in textwrap.wrap(text, _WIDTH))


def as_toml(value: Any) -> str:
    """Return the value of a setting as TOML has it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, tuple | frozenset):
        ordered = value if isinstance(value, tuple) else sorted(value)
        return f"[{', '.join(map(as_toml, ordered))}]"
    # A string of JSON without escapes beyond ASCII is one of TOML too.
    return json.dumps(value.as_posix() if isinstance(value, Path) else value, ensure_ascii=False)

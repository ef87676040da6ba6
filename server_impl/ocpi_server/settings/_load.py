"""Settings from a file and the environment."""

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from ocpi_runtime.failures import did_you_mean
from ocpi_server.settings._checks import Table, Tables
from ocpi_server.settings._faults import Path as KeyPath
from ocpi_server.settings._faults import SettingFault, SettingsError
from ocpi_server.settings._lines import line_of, lines_of
from ocpi_server.settings.entries import REQUIRED, SettingEntry, entries, read
from ocpi_server.settings.model import Settings

__all__ = ["load_settings", "origins", "variables"]

_PREFIX: Final = "OCPI_"
_OTHERS: Final = frozenset({"OCPI_CONFIG", "OCPI_DEBUG", "OCPI_TOKEN"})
"""Variables of the command line, which are not settings."""
_NEAR: Final = 0.8
_AT: Final = re.compile(r" \(at line ([0-9]+), column ([0-9]+)\)\Z")
_AT_END: Final = " (at end of document)"


def load_settings(path: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """Read a settings file; a variable ``OCPI_BASE_URL`` and its like override its values.

    Paths in the file and in the environment are relative to the folder of the file.

    Args:
        path: The TOML file.
        environment: Where overrides are looked up; ``os.environ`` when None.

    Raises:
        SettingsError: The file cannot be read, is not TOML, or has values that are not allowed.
            All such values are named, each with file and line or variable.
    """
    text = _text(path)
    document = _parsed(path, text)
    faults: list[SettingFault] = []
    sources = _override(document, os.environ if environment is None else environment, faults)
    _resolve(Settings, document, path.absolute().parent)
    settings: Settings | None = read(Settings, document, (), faults)
    if settings is not None and not faults:
        return settings
    lines = lines_of(text)
    raise SettingsError(*sorted((_placed(one, path, lines, sources) for one in faults), key=_order))


def origins(path: Path, environment: Mapping[str, str] | None = None) -> dict[KeyPath, str]:
    """Return where the values of valid settings were set, by path: file and line, or variable.

    Args:
        path: The TOML file.
        environment: As in :func:`load_settings`.

    Raises:
        SettingsError: The file cannot be read, or is not TOML.
    """
    text = _text(path)
    document = _parsed(path, text)
    lines = {key: f"{path}:{line}" for key, line in lines_of(text).items()}
    return lines | _override(document, os.environ if environment is None else environment, [])


def variables() -> dict[str, tuple[KeyPath, SettingEntry]]:
    """Return the variables of the environment that override settings, by name."""
    found: dict[str, tuple[KeyPath, SettingEntry]] = {}
    for name, entry in entries(Settings).items():
        check = entry.setting.check
        if isinstance(check, Table):
            for inner, one in entries(check.kind).items():
                if isinstance(one.setting.check, Tables):
                    continue
                found[f"{_PREFIX}{name.upper()}_{inner.upper()}"] = ((name, inner), one)
        elif not isinstance(check, Tables):
            found[f"{_PREFIX}{name.upper()}"] = ((name,), entry)
    return found


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        hint = "write one with `ocpi init`, or name another with --config or OCPI_CONFIG"
        raise SettingsError(f"{path}: settings file does not exist; {hint}") from None
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: not UTF-8 text (byte {error.start})") from None
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from None


def _parsed(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message, at = str(error), _AT.search(str(error))
        line = int(at[1]) if at else len(text.splitlines()) or 1
        what = _AT.sub("", message).removesuffix(_AT_END)
        column = f" (column {at[2]})" if at else ""
        raise SettingsError(f"{path}:{line}: not TOML: {what}{column}") from None
    except RecursionError:
        raise SettingsError(f"{path}: not TOML: it is nested too deeply") from None
    except ValueError:
        raise SettingsError(f"{path}: a number has too many digits") from None


def _override(
    document: dict[str, Any], environment: Mapping[str, str], faults: list[SettingFault]
) -> dict[KeyPath, str]:
    """Put values of the environment into a document.

    Returns:
        The variable of each path that was overridden.
    """
    known, sources = variables(), dict[KeyPath, str]()
    for name, text in environment.items():
        if name in known:
            path, entry = known[name]
            table = document
            for one in path[:-1]:
                inner = table.setdefault(str(one), {})
                table = inner if isinstance(inner, dict) else {}
            table[str(path[-1])] = entry.setting.check.from_text(text)
            sources[path] = name
        elif name.startswith(_PREFIX) and name not in _OTHERS:
            # Others may use the prefix too, so only what is nearly one of ours is a fault.
            near = _near(name, known)
            if near:
                faults.append(SettingFault((), f"unknown setting{near}", name))
    return sources


def _near(name: str, known: Iterable[str]) -> str:
    bare = [one.removeprefix(_PREFIX) for one in known]
    near = did_you_mean(name.removeprefix(_PREFIX), bare, cutoff=_NEAR)
    return near.replace("'", f"'{_PREFIX}", 1)


def _resolve(kind: type[Any], table: dict[str, Any], folder: Path) -> None:
    """Make paths absolute; defaults too, which would begin at the working directory."""
    for name, entry in entries(kind).items():
        value = table.get(name, entry.default)
        if value is REQUIRED or value is None:
            continue
        resolved = entry.setting.check.resolve(value, folder)
        if resolved is not value:
            table[name] = resolved


def _placed(
    fault: SettingFault, path: Path, lines: dict[KeyPath, int], sources: dict[KeyPath, str]
) -> SettingFault:
    """Return a fault with the place where its value comes from."""
    if fault.source:
        return fault
    if fault.path in sources:
        return SettingFault(fault.path, fault.text, sources[fault.path])
    line = line_of(fault.path, lines)
    return SettingFault(fault.path, fault.text, f"{path}:{line}" if line else str(path))


def _order(fault: SettingFault) -> tuple[bool, int, str]:
    """Return the key by which faults are sorted: those of the file by line, then variables."""
    file, _, line = fault.source.rpartition(":")
    return (not file, int(line) if line.isdecimal() else 0, fault.source)

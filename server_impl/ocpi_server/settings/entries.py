"""The entries of a dataclass of settings, and the checks over all of them."""

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields
from typing import Annotated, Any, Final, cast, get_args, get_origin, get_type_hints

from ocpi_runtime.failures import did_you_mean
from ocpi_server.settings._checks import Check, Table, Tables
from ocpi_server.settings._faults import Path, SettingFault, SettingsError, Wrong, dotted

__all__ = ["REQUIRED", "Setting", "SettingEntry", "checked", "entries", "read"]

REQUIRED: Final = MISSING
"""The default of an entry that has none."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a field of settings is, as metadata of its type.

    Attributes:
        meaning: One or two sentences for operators.
        check: Decides about its values.
        example: A value for the file of ``ocpi init``, where there is no default.
    """

    meaning: str
    check: Check
    example: str | None = None


@dataclass(frozen=True, slots=True)
class SettingEntry:
    """A setting with the name and the default that its field has."""

    name: str
    setting: Setting
    default: Any


def entries(kind: type[Any]) -> Mapping[str, SettingEntry]:
    """Return the entries of a dataclass of settings by name, in their order.

    Raises:
        TypeError: A field has no :class:`Setting`.
    """
    hints = get_type_hints(kind, include_extras=True)
    return {
        field.name: SettingEntry(
            field.name, _setting(kind, field.name, hints[field.name]), _default(field)
        )
        for field in fields(kind)
    }


def _default(field: Field[Any]) -> Any:
    return field.default if field.default_factory is MISSING else field.default_factory()


def _setting(kind: type[Any], name: str, hint: Any) -> Setting:
    if get_origin(hint) is Annotated:
        for one in get_args(hint)[1:]:
            if isinstance(one, Setting):
                return one
    raise TypeError(f"{kind.__name__}.{name} has no Setting in its annotation")


def checked(instance: Any) -> None:
    """Check all values of an instance and put in what the checks return.

    Raises:
        SettingsError: Some are not allowed; all of them are named.
    """
    faults: list[SettingFault] = []
    for name, entry in entries(type(instance)).items():
        value = getattr(instance, name)
        if value is None and entry.default is None:
            continue
        result = _one(entry, value, (name,), faults)
        object.__setattr__(instance, name, result)
    if faults:
        raise SettingsError(*faults)


def read(kind: type[Any], table: Mapping[str, Any], path: Path, faults: list[SettingFault]) -> Any:
    """Return an instance of a dataclass of settings from a table of a file.

    Args:
        kind: The dataclass.
        table: What the file has.
        path: Where the table is in it.
        faults: Is appended to; where that happens, the result is None.
    """
    known, before = entries(kind), len(faults)
    where = _heading(path)
    for name in table:
        if name not in known:
            text = f"unknown key {name!r}{where}{did_you_mean(name, known)}"
            faults.append(SettingFault((*path, name), text))
    values = {}
    for name, entry in known.items():
        if name in table:
            values[name] = _of_file(entry, table[name], (*path, name), faults)
        elif entry.default is REQUIRED:
            faults.append(SettingFault(path, f"the key {name!r}{where} is missing"))
    if len(faults) > before:
        return None
    try:
        return kind(**values)
    except SettingsError as error:
        faults += [SettingFault((*path, *one.path), one.text) for one in error.faults]
        return None


def _of_file(entry: SettingEntry, value: Any, path: Path, faults: list[SettingFault]) -> Any:
    check = entry.setting.check
    if isinstance(check, Table) and not isinstance(value, check.kind):
        if isinstance(value, dict):
            return read(check.kind, cast("dict[str, Any]", value), path, faults)
        faults.append(
            SettingFault(path, f"{dotted(path)}: {value!r} is not a table; write [{path[-1]}]")
        )
        return None
    if isinstance(check, Tables) and isinstance(value, list):
        return _tables(check, entry, value, path, faults)
    return _one(entry, value, path, faults)


def _tables(
    check: Tables, entry: SettingEntry, value: list[Any], path: Path, faults: list[SettingFault]
) -> Any:
    before, found = len(faults), []
    for at, one in enumerate(value):
        if isinstance(one, dict):
            found.append(read(check.kind, one, (*path, at), faults))
        else:
            text = f"{dotted((*path, at))}: {one!r} is not a table; write [[{path[-1]}]]"
            faults.append(SettingFault((*path, at), text))
    return None if len(faults) > before else _one(entry, found, path, faults)


def _one(entry: SettingEntry, value: Any, path: Path, faults: list[SettingFault]) -> Any:
    try:
        return entry.setting.check(value)
    except Wrong as error:
        faults.append(SettingFault(path, f"{dotted(path)}: {error}"))
        return value


def _heading(path: Path) -> str:
    """Return the heading of a table as the file writes it, for the middle of a message."""
    names = ".".join(str(one) for one in path if isinstance(one, str))
    if not names:
        return ""
    return f" in [[{names}]]" if isinstance(path[-1], int) else f" in [{names}]"

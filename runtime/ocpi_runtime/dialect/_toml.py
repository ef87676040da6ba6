"""Dialects as TOML files: read with errors that name key and line, and written."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from ocpi_runtime.dialect._catalogue import BY_ID
from ocpi_runtime.dialect._paging import PAGING_KEYS
from ocpi_runtime.dialect._rule import LEVELS
from ocpi_runtime.failures import CommandFailed, did_you_mean

__all__ = ["DialectError", "parse", "read_text", "write"]

_AT: Final = re.compile(r" \(at line ([0-9]+), column [0-9]+\)\Z")
_TABLE: Final = re.compile(r"\s*\[\s*([^\]]+?)\s*\]")
_KEY: Final = re.compile(r"""\s*("[^"]*"|'[^']*'|[A-Za-z0-9_.-]+)\s*=""")
_LENGTHS: Final = {"country_code": 2, "party_id": 3}
_FLAGS: Final = ("token_base64", "trailing_slash")
_TABLES: Final = ("rules", "defaults", "headers", "paging", "max_lengths", "unknown_values")
_SWITCHES: Final = frozenset({"rules", "paging"})
_KEYS: Final = ("level", *_LENGTHS, *_FLAGS, "edition", "leave_out", *_TABLES)


class DialectError(CommandFailed, ValueError):
    """A dialect file cannot be used; the message names the file, line and key."""

    exit_code = 2


def read_text(path: Path) -> str:
    """Read a dialect file.

    Raises:
        DialectError: It cannot be read.
    """
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DialectError(f"{path}: not UTF-8 text (byte {error.start})") from None
    except OSError as error:
        raise DialectError(f"{path}: cannot be read: {error.strerror}") from None


def parse(text: str, name: str) -> dict[str, Any]:
    """Read the arguments of a dialect from TOML.

    Args:
        text: The TOML text.
        name: The name of the file, for messages.

    Raises:
        DialectError: It is not TOML, or has keys or values that are not allowed.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = _AT.search(str(error))
        line = f":{at[1]}" if at else ""
        raise DialectError(f"{name}{line}: not TOML: {_AT.sub('', str(error))}") from None
    except (ValueError, RecursionError):
        what = "a number has too many digits, or lists are nested too deeply"
        raise DialectError(f"{name}: cannot be read: {what}") from None
    faults = [*_faults(document)]
    if faults:
        lines = _lines(text)
        messages = (
            f"{name}:{lines.get(path, lines.get(path[:1], 1))}: {'.'.join(path)}: {fault}"
            for path, fault in faults
        )
        raise DialectError("\n".join(messages))
    return document


def _faults(document: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], str]]:
    for key, value in document.items():
        if key not in _KEYS:
            allowed = ", ".join(_KEYS)
            yield (key,), f"unknown key; use one of {allowed}{did_you_mean(key, _KEYS)}"
        elif key == "level" and value not in LEVELS:
            levels = ", ".join(LEVELS)
            yield (key,), f"{value!r} is not one of {levels}{did_you_mean(str(value), LEVELS)}"
        elif key in _LENGTHS and not _is_code(value, _LENGTHS[key]):
            yield (key,), f"{value!r} is not a text of {_LENGTHS[key]} letters or digits"
        elif key in _FLAGS and not isinstance(value, bool):
            yield (key,), f"{value!r} is not true or false"
        elif key == "edition" and not (isinstance(value, str) or _is_texts(value)):
            yield (key,), f'{value!r} is not an edition, such as "core-1", or a list of them'
        elif key == "leave_out" and not _is_texts(value):
            yield (key,), f'{value!r} is not a list of fields, such as ["Location.parking_type"]'
        elif key in _TABLES:
            yield from _table_faults(key, value)


def _table_faults(key: str, table: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    if not isinstance(table, dict):
        yield (key,), f"{table!r} is not a table; write [{key}]"
        return
    for name, value in table.items():
        fault = _name_fault(key, name) or _value_fault(key, name, value)
        if fault:
            yield (key, name), fault


def _name_fault(key: str, name: str) -> str:
    if key == "rules" and name not in BY_ID:
        return f"unknown rule{did_you_mean(name, BY_ID)}"
    if key == "paging" and name not in PAGING_KEYS:
        hint = did_you_mean(name, PAGING_KEYS)
        return f"unknown key; use one of {', '.join(PAGING_KEYS)}{hint}"
    return ""


def _value_fault(key: str, name: str, value: Any) -> str:
    if key in _SWITCHES:
        return "" if isinstance(value, bool) else f"{value!r} is not true or false"
    if isinstance(value, dict):
        return f'a table is not a value; quote the key: "{name}.field" = ...'
    if key == "headers" and not isinstance(value, str):
        return f"{value!r} is not a text"
    if key == "max_lengths" and (type(value) is not int or value < 1):
        return f"{value!r} is not a number of characters"
    if key == "unknown_values" and not _is_texts(value):
        return f'{value!r} is not a list of values, such as ["WIFI"]'
    return ""


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _is_code(value: Any, length: int) -> bool:
    return isinstance(value, str) and len(value) == length and value.isascii() and value.isalnum()


def _lines(text: str) -> dict[tuple[str, ...], int]:
    """Return the line of each key, by its path."""
    found: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        head, key = _TABLE.match(line), _KEY.match(line)
        if head is not None:
            table = (head[1].strip("\"' "),)
            found.setdefault(table, number)
        elif key is not None:
            found.setdefault((*table, key[1].strip("\"'")), number)
    return found


def write(arguments: Mapping[str, Any], notes: Mapping[str, str]) -> str:
    """Write a dialect as TOML.

    Args:
        arguments: What :func:`parse` returns; tables come last.
        notes: Comments behind single rules, by id.
    """
    plain = {key: value for key, value in arguments.items() if not isinstance(value, Mapping)}
    lines = [
        f"{key} = {json.dumps(value)}"
        for key, value in plain.items()
        if value is not None and value != ()
    ]
    for key, table in arguments.items():
        if isinstance(table, Mapping) and table:
            lines += ["", f"[{key}]"]
            lines += [
                f"{_quoted(name)} = {json.dumps(value)}{_note(notes.get(name))}"
                for name, value in table.items()
            ]
    return "\n".join(lines) + "\n"


def _quoted(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name)


def _note(text: str | None) -> str:
    return f"  # {text}" if text else ""

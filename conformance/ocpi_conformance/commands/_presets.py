"""Options of a partner in a file: ``--preset NAME|FILE``."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import typer

from ocpi_runtime.failures import did_you_mean

__all__ = ["SHIPPED", "apply_preset"]

_FOLDER: Final = Path(__file__).with_name("presets")
SHIPPED: Final = tuple(sorted(one.stem for one in _FOLDER.glob("*.toml")))
"""The names of the presets that are part of this package."""
_NEVER: Final = frozenset({"preset", "help"})
_SECRET: Final = frozenset({"token"})


def apply_preset(context: typer.Context, value: str | None) -> str | None:
    """Make the options of a preset the defaults of a command; a callback of an eager option.

    What is on the command line counts more.

    Raises:
        typer.BadParameter: The preset cannot be read, or has an option that no command has.
    """
    if value is None:
        return None
    path = _path(value)
    data = _load(path)
    parameters = _options(context.command)
    made = dict(_defaults(data, str(context.info_name), parameters, _others(context), path))
    context.default_map = {**(context.default_map or {}), **made}
    return value


def _path(value: str) -> Path:
    if value in SHIPPED:
        return _FOLDER / f"{value}.toml"
    if "/" in value or value.endswith(".toml") or Path(value).is_file():
        return Path(value)
    end = did_you_mean(value, SHIPPED) or "."
    raise typer.BadParameter(
        f"Preset {value!r} not found. Use a TOML file or one of {', '.join(SHIPPED)}{end}"
    )


def _load(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise typer.BadParameter(f"{path} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise typer.BadParameter(f"{path} is not a preset: {error}.") from None


def _others(context: typer.Context) -> Mapping[str, frozenset[str]]:
    """Return the options of all commands that take presets."""
    commands = getattr(context.find_root().command, "commands", {})
    named = {name: frozenset(_options(command)) for name, command in commands.items()}
    return {name: options for name, options in named.items() if "preset" in options}


def _options(command: Any) -> dict[str, Any]:
    """Return the options of a command by their names on the command line, without dashes."""
    found = {}
    for one in getattr(command, "params", ()):
        for name in one.opts:
            if name.startswith("--"):
                found[name.removeprefix("--")] = one
    return found


def _defaults(
    data: Mapping[str, Any],
    command: str,
    parameters: Mapping[str, Any],
    others: Mapping[str, frozenset[str]],
    path: Path,
) -> Iterator[tuple[str, Any]]:
    """Yield the defaults of a command: the common ones, then those of its own table."""
    anywhere = frozenset(parameters).union(*others.values())
    for name, value in data.items():
        if isinstance(value, dict):
            _check_table(name, others, command, path)
            continue
        option = _option(name, anywhere, path)
        if option in parameters:
            yield str(parameters[option].name), _value(parameters[option], name, value, path)
    for name, value in data.get(command, {}).items():
        option = _option(name, frozenset(parameters), path)
        yield str(parameters[option].name), _value(parameters[option], name, value, path)


def _check_table(name: str, others: Mapping[str, frozenset[str]], command: str, path: Path) -> None:
    known = sorted({*others, command})
    if name not in known:
        raise typer.BadParameter(
            f"{path}: [{name}] is not a command with presets. Use one of {', '.join(known)}."
        )


def _option(name: str, known: frozenset[str], path: Path) -> str:
    option = name.replace("_", "-")
    if option in _SECRET:
        raise typer.BadParameter(
            f"{path}: {name} is a secret and does not belong into a preset. "
            "Use the environment variable OCPI_TOKEN."
        )
    if option not in known - _NEVER:
        names = sorted(known - _NEVER - _SECRET)
        end = did_you_mean(name, names) or f". Use one of {', '.join(names)}."
        raise typer.BadParameter(f"{path}: {name} is not an option{end}")
    return option


def _value(parameter: Any, name: str, value: Any, path: Path) -> Any:
    """Return a value as the command line has it; files are relative to the preset."""
    several = bool(getattr(parameter, "multiple", False))
    flag = bool(getattr(parameter, "is_flag", False))
    values = value if several and isinstance(value, list) else [value]
    for one in values:
        if isinstance(one, bool) != flag or not isinstance(one, str | int | float | bool):
            kind = "true or false" if flag else "a list of texts" if several else "a text or number"
            raise typer.BadParameter(f"{path}: {name} is {value!r}, not {kind}.")
    if flag:
        return value
    texts = [_located(parameter, str(one), path) for one in values]
    return texts if several else texts[0]


def _located(parameter: Any, text: str, path: Path) -> str:
    if type(parameter.type).__name__ == "TyperPath":
        return str(path.parent / text)
    if text.startswith("@"):
        return f"@{path.parent / text[1:]}"
    return text

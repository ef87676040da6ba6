"""The command ``ocpi config``."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import typer

from ocpi_server.command_line.operator import DEFAULT_CONFIG, AsJson, Config, read_settings

if TYPE_CHECKING:
    from ocpi_server.settings.effective import EffectiveSetting

__all__ = ["show_settings"]


def show_settings(*, config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Print the settings in effect, and where each was set; passwords are masked."""
    from ocpi_server.settings import origins  # noqa: PLC0415 - heavy
    from ocpi_server.settings.effective import effective  # noqa: PLC0415 - heavy

    settings = read_settings(config)
    found = list(effective(settings, origins(config)))
    if as_json:
        typer.echo(json.dumps([_record(each) for each in found], indent=2, ensure_ascii=False))
        return
    for line in _lines(found):
        typer.echo(line)


def _record(setting: "EffectiveSetting") -> dict[str, Any]:
    value = setting.value
    if isinstance(value, frozenset):
        value = sorted(value)
    return {"key": ".".join(map(str, setting.path)), "value": value, "origin": setting.origin}


def _lines(found: Iterable["EffectiveSetting"]) -> Iterator[str]:
    from ocpi_server.settings.example import as_toml  # noqa: PLC0415 - heavy

    table: Sequence[str | int] = ()
    for path, value, origin in found:
        if path[:-1] != table:
            table = path[:-1]
            name = ".".join(each for each in table if isinstance(each, str))
            yield f"\n[[{name}]]" if isinstance(table[-1], int) else f"\n[{name}]"
        text = f"# {path[-1]} is not set" if value is None else f"{path[-1]} = {as_toml(value)}"
        yield text if value is None else f"{text}  # {origin}"

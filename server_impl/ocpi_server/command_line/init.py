"""The command ``ocpi init``."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from ocpi_runtime.failures import CommandFailed
from ocpi_runtime.options import plain_console

if TYPE_CHECKING:
    from ocpi_server.settings import SettingFault

__all__ = ["init"]

_NAME: Final = "ocpi.toml"


class NotWritten(CommandFailed):
    """The settings file is not written."""


def init(
    folder: Annotated[Path, typer.Argument(help="Existing folder for the file.")] = Path(),
    *,
    base_url: Annotated[str | None, typer.Option(help="Public base URL of the platform.")] = None,
    country: Annotated[str | None, typer.Option(help="Country code of the party.")] = None,
    party: Annotated[str | None, typer.Option(help="Party ID.")] = None,
    role: Annotated[str | None, typer.Option(help="Role of the party.")] = None,
    name: Annotated[str | None, typer.Option(help="Business name of the party.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
) -> None:
    """Write ocpi.toml with every setting, its meaning and its default."""
    from ocpi_server.settings.example import example  # noqa: PLC0415 - heavy

    if not folder.is_dir():
        raise NotWritten(f"folder {folder} does not exist; create it: mkdir -p {folder}")
    of_party = {"country_code": country, "party_id": party, "role": role, "name": name}
    text = example({"base_url": base_url}, of_party)
    _check(text, {"base_url": "--base-url", "country_code": "--country", "party_id": "--party"})
    path = folder / _NAME
    _write(path, text, force=force)
    stderr = plain_console(stderr=True)
    stderr.print(
        f"{path} is written. Edit it, then start: ocpi serve --config {path}", markup=False
    )


def _check(text: str, options: dict[str, str]) -> None:
    """Validate the text of a configuration as settings.

    Raises:
        typer.BadParameter: A value of an option is not allowed.
    """
    import tomllib  # noqa: PLC0415 - only needed here

    from ocpi_server.settings.entries import read  # noqa: PLC0415 - heavy
    from ocpi_server.settings.model import Settings  # noqa: PLC0415 - heavy

    faults: list[SettingFault] = []
    document: dict[str, Any] = tomllib.loads(text)
    del document["database"]  # is looked at when its folder is used
    read(Settings, document, (), faults)
    for fault in faults:
        key = str(fault.path[-1])
        message = fault.text.partition(": ")[2]
        raise typer.BadParameter(message, param_hint=options.get(key, f"--{key}"))


def _write(path: Path, text: str, *, force: bool) -> None:
    """Write the file as a whole, readable by its owner only: it may hold a password.

    Raises:
        NotWritten: It exists, and is not to be overwritten.
    """
    if path.exists() and not force:
        raise NotWritten(f"{path} exists already; --force overwrites it")
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)

"""The command ``ocpi convert``."""

import re
import sys
from dataclasses import asdict
from typing import Any, BinaryIO, Final, NoReturn

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from ocpi_bridge import _options as options
from ocpi_bridge._convert import convert
from ocpi_bridge._files import File, is_stdin
from ocpi_bridge._unknown import unknown_fields
from ocpi_bridge.context import ConversionContext
from ocpi_bridge.errors import ContextMismatch, ContextMissing
from ocpi_bridge.results import Converted, Loss
from ocpi_bridge.versions import class_in
from ocpi_runtime import codec
from ocpi_runtime.errors import OcpiError
from ocpi_runtime.types import Model, PartyId

__all__ = ["app"]

_FAILED: Final = 1
_USAGE: Final = 2
_PARTY: Final = re.compile(r"([!-~]{2})[-*]([!-~]{1,3})\Z")

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
_talk = Console(stderr=True, highlight=False, soft_wrap=True)


@app.callback()
def _root() -> None:
    """Convert OCPI objects between versions."""


@app.command("convert")
def convert_command(  # noqa: PLR0913 - options, not parameters
    file: options.File,
    *,
    source: options.Source,
    target: options.Target,
    kind: options.Kind,
    cpo: options.Cpo = None,
    emsp: options.Emsp = None,
    role: options.Role = None,
    last_updated: options.LastUpdated = None,
    time_zone: options.TimeZone = None,
    location: options.LocationFile = None,
    token: options.TokenFile = None,
    evse_status: options.EvseStatus = None,
    timeout: options.Timeout = None,
    as_json: options.AsJson = False,
) -> None:
    """Convert an object from one version of OCPI to another, and report what is lost.

    The object goes to stdout; what was lost, and what was assumed, to stderr. Exit code 1: the
    object is invalid, or the other version cannot represent it; 2: an option is missing or wrong.
    """
    _one_stdin(file, location, token)
    try:
        class_in(target, kind)
        main = File(file)
        value = main.read(source, kind)
        context = _context(
            cpo=_party("--cpo", cpo),
            emsp=_party("--emsp", emsp),
            role=role,
            last_updated=_moment(last_updated),
            time_zone=time_zone,
            location=File(location).read(source, "Location") if location else None,
            token=File(token).read(source, "Token") if token else None,
            evse_status=evse_status,
            timeout=timeout,
        )
        found = convert(value, target, context=context, kind=kind)
    except OcpiError as error:
        _refuse(error, as_json=as_json)
    _show(_with_unknown(found, main.text, type(value), source), as_json=as_json)


def _one_stdin(*files: BinaryIO | None) -> None:
    if sum(each is not None and is_stdin(each) for each in files) > 1:
        raise typer.BadParameter("stdin holds one object; only one file can be -.")


def _context(**values: Any) -> ConversionContext:
    try:
        return ConversionContext(**values)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def _party(option: str, text: str | None) -> PartyId | None:
    if text is None:
        return None
    match = _PARTY.match(text)
    if match is None:
        raise typer.BadParameter(
            f"{text!r} is not a party; write it like NL-TNM.", param_hint=option
        )
    return PartyId.of(match[1], match[2])


def _moment(text: str | None) -> Any:
    try:
        return codec.parse_timestamp(text) if text else None
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} {error}.", param_hint="--last-updated") from None


def _with_unknown(
    found: Converted[Any], text: bytes, kind: type[Model], version: str
) -> Converted[Any]:
    """Add what models pass over: fields that the version of the object does not have either."""
    reason = f"OCPI {version} has no such field"
    unknown = [Loss(each, reason) for each in unknown_fields(codec.parse(text), kind)]
    return Converted(found.value, (*found.losses, *unknown), found.assumptions)


def _refuse(error: OcpiError, *, as_json: bool) -> NoReturn:
    """Print why there is no result, and exit."""
    if as_json:
        faults = [asdict(each) for each in error.violations]
        _print({"error": error.message, "violations": faults})
    _talk.print(" ".join(part for part in (error.message, _hint(error)) if part), markup=False)
    for each in error.violations:
        _talk.print(f"  {each.pointer or '(all of it)'} {each.message}", markup=False)
    usage = isinstance(error, ContextMissing | ContextMismatch)
    raise typer.Exit(_USAGE if usage else _FAILED)


def _hint(error: OcpiError) -> str:
    if isinstance(error, ContextMissing):
        return f"Give --{error.name.replace('_', '-')}."
    return error.hint


def _show(found: Converted[Any], *, as_json: bool) -> None:
    value = msgspec.Raw(codec.encode(found.value))
    if as_json:
        losses = [asdict(each) for each in found.losses]
        assumptions = [asdict(each) for each in found.assumptions]
        _print({"value": value, "losses": losses, "assumptions": assumptions})
        return
    _print(value)
    _table("Lost", found.losses)
    _table("Assumed", found.assumptions)


def _print(document: Any) -> None:
    text = msgspec.json.format(msgspec.json.encode(document), indent=2)
    sys.stdout.write(text.decode() + "\n")


def _table(title: str, rows: Any) -> None:
    if rows:
        table = Table("Where", "Why", title=f"{title} ({len(rows)})", title_justify="left")
        for each in rows:
            table.add_row(each.pointer or "(all of it)", each.reason)
        _talk.print(table)

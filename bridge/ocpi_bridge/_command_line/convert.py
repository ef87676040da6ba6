"""What ``ocpi convert`` does, apart from its options: help needs none of it."""

import re
import sys
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO, Final, Literal, NoReturn

import msgspec
import typer
from rich.table import Table

from ocpi_bridge._command_line._files import File, is_stdin
from ocpi_bridge._command_line._unknown import unknown_fields
from ocpi_bridge._context import ConversionContext
from ocpi_bridge._convert import convert
from ocpi_bridge._errors import ContextMismatch, ContextMissing
from ocpi_bridge._results import Converted, Loss
from ocpi_bridge.versions import class_in
from ocpi_runtime import codec
from ocpi_runtime.errors import OcpiError
from ocpi_runtime.options import plain_console
from ocpi_runtime.types import Model, PartyId

__all__ = ["ConversionRequest", "convert_file"]

_FAILED: Final = 1
_USAGE: Final = 2
_PARTY: Final = re.compile(r"([!-~]{2})[-*]([!-~]{1,3})\Z")

_stderr = plain_console(stderr=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class ConversionRequest:
    """The options of a call, as they were typed."""

    file: BinaryIO
    source: str
    target: str
    kind: str
    cpo: str | None
    emsp: str | None
    role: Literal["CPO", "EMSP"] | None
    last_updated: str | None
    time_zone: str | None
    location: BinaryIO | None
    token: BinaryIO | None
    evse_status: str | None
    timeout: int | None


def convert_file(asked: ConversionRequest, *, as_json: bool) -> None:
    """Convert an object; print it, and what was lost.

    Raises:
        typer.Exit: The object is invalid or cannot be represented, or an option is missing.
        typer.BadParameter: An option is wrong.
    """
    _one_stdin(asked.file, asked.location, asked.token)
    try:
        class_in(asked.target, asked.kind)
        main = File(asked.file)
        value = main.read(asked.source, asked.kind)
        context = _context_of(asked)
        found = convert(value, asked.target, context=context, kind=asked.kind)
    except OcpiError as error:
        _refuse(error, as_json=as_json)
    _show(_with_unknown(found, main.text, type(value), asked.source), as_json=as_json)


def _context_of(asked: ConversionRequest) -> ConversionContext:
    location, token = asked.location, asked.token
    return _context(
        cpo=_party("--cpo", asked.cpo),
        emsp=_party("--emsp", asked.emsp),
        role=asked.role,
        last_updated=_moment(asked.last_updated),
        time_zone=asked.time_zone,
        location=File(location).read(asked.source, "Location") if location else None,
        token=File(token).read(asked.source, "Token") if token else None,
        evse_status=asked.evse_status,
        timeout=asked.timeout,
    )


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
    reason = f"the field does not exist in OCPI {version}"
    unknown = [Loss(each, reason) for each in unknown_fields(codec.parse(text), kind)]
    return Converted(found.value, (*found.losses, *unknown), found.assumptions)


def _refuse(error: OcpiError, *, as_json: bool) -> NoReturn:
    """Print why there is no result, and exit."""
    if as_json:
        faults = [asdict(each) for each in error.violations]
        _print({"error": error.message, "violations": faults})
    _stderr.print(" ".join(part for part in (error.message, _hint(error)) if part))
    for each in error.violations:
        _stderr.print(f"  {each.pointer or '(all of it)'} {each.message}")
    usage = isinstance(error, ContextMissing | ContextMismatch)
    raise typer.Exit(_USAGE if usage else _FAILED)


def _hint(error: OcpiError) -> str:
    if isinstance(error, ContextMissing):
        return f"Pass --{error.name.replace('_', '-')}."
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
        _stderr.print(table)

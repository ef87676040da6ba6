"""Options of the commands that make a report: ``--report``, ``--baseline``, ``--preset``."""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ocpi_conformance.commands._presets import SHIPPED, apply_preset
from ocpi_runtime.failures import did_you_mean
from ocpi_runtime.options import plain_console
from ocpi_runtime.types import PartyId

if TYPE_CHECKING:
    from ocpi_conformance.reports import Baseline, Report

__all__ = [
    "FORMATS",
    "AsJson",
    "BaselineFile",
    "Listen",
    "Output",
    "Preset",
    "PublicUrl",
    "Reports",
    "Strict",
    "out",
    "print_report",
    "read_address",
    "read_baseline",
    "read_outputs",
    "read_party",
    "stderr",
    "write_outputs",
]

stderr: Final = plain_console(stderr=True)
"""What people read beside the result, on stderr."""
out: Final = plain_console(soft_wrap=False)

FORMATS: Final = ("html", "junit", "json", "jsonl", "sarif", "har")

Reports = Annotated[
    list[str] | None,
    typer.Option(
        "--report",
        metavar="FORMAT=FILE",
        help=f"File for a report; FORMAT is one of {', '.join(FORMATS)}. Repeatable.",
    ),
]
BaselineFile = Annotated[
    Path | None,
    typer.Option(
        "--baseline",
        metavar="FILE",
        help="Accepted findings (TOML), as ocpi report baseline prints them.",
    ),
]

AsJson = Annotated[bool, typer.Option("--json", help="Print the report as JSON.")]
Strict = Annotated[bool, typer.Option("--strict", help="Fail on warnings too.")]

Preset = Annotated[
    str | None,
    typer.Option(
        "--preset",
        metavar="NAME|FILE",
        is_eager=True,
        callback=apply_preset,
        help=f"Options from a file (TOML), or a preset by its name: {', '.join(SHIPPED)}.",
    ),
]

Listen = Annotated[
    str | None,
    typer.Option("--listen", metavar="HOST:PORT", help="Where to listen for what the party sends."),
]
PublicUrl = Annotated[
    str | None,
    typer.Option("--public-url", help="How the party reaches that address, if not as it is."),
]

_LAST_PORT: Final = 65535
_PARTY: Final = re.compile(r"([!-~]{2})[-*]([!-~]{1,3})\Z")


def read_party(text: str) -> PartyId:
    """Read the value of ``--party``.

    Raises:
        typer.BadParameter: It is no party.
    """
    match = _PARTY.match(text)
    if match is None:
        raise typer.BadParameter(f"{text!r} is not a party; write it like NL-TNM.")
    return PartyId.of(match[1], match[2])


def read_address(text: str) -> tuple[str, int]:
    """Read the value of ``--listen``.

    Raises:
        typer.BadParameter: It is no address.
    """
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or int(port) > _LAST_PORT:
        raise typer.BadParameter(f"{text!r} is not an address; write it like 0.0.0.0:8090.")
    return host, int(port)


@dataclass(frozen=True, slots=True)
class Output:
    """A report to be written.

    Attributes:
        format: One of the formats of :func:`ocpi_conformance.reports.render`.
        file: Where to.
    """

    format: str
    file: Path


def read_outputs(values: Iterable[str] | None) -> list[Output]:
    """Read the values of ``--report``, before anything is sent.

    Raises:
        typer.BadParameter: A format is unknown, or a file cannot be written.
    """
    found = [_output(one) for one in values or ()]
    for one in found:
        if sum(one.file == other.file for other in found) > 1:
            raise typer.BadParameter(f"{one.file} is named for two reports.")
        _check_writable(one.file)
    return found


def _output(text: str) -> Output:
    format_, equals, file = text.partition("=")
    if format_ not in FORMATS:
        known = ", ".join(FORMATS)
        end = did_you_mean(format_, FORMATS) or "."
        raise typer.BadParameter(f"Format {format_!r} is not supported. Use one of {known}{end}")
    if not equals or not file:
        raise typer.BadParameter(f"{text!r} names no file; write it like {format_}=report.txt.")
    return Output(format_, Path(file))


def _check_writable(file: Path) -> None:
    """Refuse a file that cannot be written; what is in it stays."""
    there = os.path.lexists(file)
    try:
        with file.open("ab"):
            pass
        if not there:
            file.unlink()
    except OSError as error:
        raise typer.BadParameter(f"{file} cannot be written: {error.strerror}.") from None


def write_outputs(report: "Report", outputs: Iterable[Output], *, secrets: Iterable[str]) -> None:
    """Write a report into each of the files; no secret appears in them.

    Args:
        report: The report.
        outputs: As :func:`read_outputs` returned them.
        secrets: The credentials token and other secrets of the run.

    Raises:
        OSError: A file cannot be written.
    """
    from ocpi_conformance.reports import render  # noqa: PLC0415 - slow to import

    known = tuple(secrets)
    for one in outputs:
        one.file.write_bytes(render(report, one.format, secrets=known))


def read_baseline(file: Path | None) -> "Baseline":
    """Read the value of ``--baseline``; an empty one where there is none.

    Raises:
        BaselineError: It cannot be read.
    """
    from ocpi_conformance.reports import Baseline  # noqa: PLC0415 - slow to import

    return Baseline() if file is None else Baseline.load(file)


def print_report(report: "Report", *, as_json: bool) -> None:
    """Print a report, for people or as JSON."""
    from ocpi_conformance.reports import console, write_report  # noqa: PLC0415 - slow to import

    if as_json:
        typer.echo(write_report(report))
    else:
        console.print_report(report, out, stderr)

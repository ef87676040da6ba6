"""The commands ``ocpi price`` and ``ocpi tariff``."""

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Literal

import typer

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)

Version = Literal["2.1.1", "2.2", "2.2.1", "2.3.0"]
TariffVersion = Literal["2.0", "2.1.1", "2.2", "2.2.1", "2.3.0"]


@app.callback()
def _root() -> None:
    """Price sessions by their tariffs."""


def _decimal(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value < 0:
        raise typer.BadParameter(f"{text!r} is not an amount; write it like 0.01.")
    return value


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        message = f"{text!r} is not a time; write it like 2026-11-30T18:00 or 2026-11-30T17:00Z."
        raise typer.BadParameter(message) from None


@app.command("price")
def price_command(
    file: Annotated[str, typer.Argument(help="CDR or Session as JSON; - reads stdin.")],
    *,
    tariff: Annotated[list[str] | None, typer.Option(help="File with tariffs.")] = None,
    timezone: Annotated[str | None, typer.Option(help="Time zone of the location.")] = None,
    version: Annotated[Version | None, typer.Option(help="OCPI version of the objects.")] = None,
    tolerance: Annotated[
        Decimal, typer.Option(parser=_decimal, metavar="AMOUNT", help="Tolerance of amounts.")
    ] = Decimal("0.01"),
    batch: Annotated[bool, typer.Option("--batch", help="Summary of many CDRs.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Result as JSON.")] = False,
) -> None:
    """Price a CDR or session by its tariff, and compare the result with its totals.

    Tariffs are those of --tariff, and those within the CDR. Exit code 1: a total differs by more
    than the tolerance, or the object cannot be priced.
    """
    from ocpi_pricing._command_line import run  # noqa: PLC0415 - slow to import

    asked = run.Asked(file, tuple(tariff or ()), timezone, version, tolerance, as_json)
    agrees = run.price_many(asked) if batch else run.price_one(asked)
    if not agrees:
        raise typer.Exit(1)


tariff_app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
app.add_typer(tariff_app, name="tariff", help="Check tariffs, and preview what they cost.")


@tariff_app.command("lint")
def lint_command(
    files: Annotated[list[str], typer.Argument(help="Tariffs as JSON; - reads stdin.")],
    *,
    locations: Annotated[
        list[str] | None, typer.Option(help="File with locations whose connectors name them.")
    ] = None,
    version: Annotated[TariffVersion | None, typer.Option(help="OCPI version.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Findings as JSON.")] = False,
) -> None:
    """Find elements that never apply, gaps, contradictions and implausible values in tariffs.

    Exit code 1: something was found. Exit code 2: a file cannot be read.
    """
    from ocpi_pricing._command_line.tariff_lint import lint_files  # noqa: PLC0415 - slow to import

    if not lint_files(files, locations or (), version=version, as_json=as_json):
        raise typer.Exit(1)


@tariff_app.command("preview")
def preview_command(  # noqa: PLR0913 - options, not parameters
    file: Annotated[str, typer.Argument(help="Tariff as JSON; - reads stdin.")],
    *,
    kw: Annotated[Decimal, typer.Option(parser=_decimal, metavar="NUMBER", help="Power in kW.")],
    hours: Annotated[
        Decimal, typer.Option(parser=_decimal, metavar="NUMBER", help="Hours of charging.")
    ],
    parking_hours: Annotated[
        Decimal, typer.Option(parser=_decimal, metavar="NUMBER", help="Hours of parking after it.")
    ] = Decimal(0),
    start: Annotated[
        datetime | None,
        typer.Option(parser=_moment, metavar="TIME", help="Begin, such as 2026-11-30T18:00; now."),
    ] = None,
    timezone: Annotated[str, typer.Option(help="Time zone of the location.")] = "UTC",
    tariff_id: Annotated[
        str | None, typer.Option("--id", help="Id of the tariff, if there are several.")
    ] = None,
    version: Annotated[TariffVersion | None, typer.Option(help="OCPI version.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Result as JSON.")] = False,
    html: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Page to write, with a chart.")
    ] = None,
) -> None:
    """Print what a driver would pay for a session by a tariff.

    A start without a zone is the local time of --timezone.
    """
    from ocpi_pricing._command_line.preview import Planned, preview_tariff  # noqa: PLC0415 - slow to import
    from ocpi_pricing.preview import Plan  # noqa: PLC0415 - likewise

    plan = Plan(start or datetime.now(UTC), kw, hours, parking_hours)
    planned = Planned(file, tariff_id, version, timezone, plan)
    preview_tariff(planned, as_json=as_json, html=html)

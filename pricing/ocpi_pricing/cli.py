"""The commands ``ocpi price`` and ``ocpi tariff``."""

from decimal import Decimal, InvalidOperation
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
        raise typer.BadParameter(f"{text!r} is no amount; write it like 0.01.")
    return value


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
    from ocpi_pricing.command_line import run  # noqa: PLC0415 - slow to import

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
    from ocpi_pricing.command_line.tariff_lint import lint_files  # noqa: PLC0415 - slow to import

    if not lint_files(files, locations or (), version=version, as_json=as_json):
        raise typer.Exit(1)

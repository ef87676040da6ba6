"""The command ``ocpi convert``."""

import typer

from ocpi_bridge._command_line import options

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)


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
    from ocpi_bridge._command_line.convert import ConversionRequest, convert_file  # noqa: PLC0415 - slow to import

    request = ConversionRequest(
        file=file,
        source=source,
        target=target,
        kind=kind,
        cpo=cpo,
        emsp=emsp,
        role=role,
        last_updated=last_updated,
        time_zone=time_zone,
        location=location,
        token=token,
        evse_status=evse_status,
        timeout=timeout,
    )
    convert_file(request, as_json=as_json)

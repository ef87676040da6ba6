"""What commands of several packages have in common: options, and consoles of rich."""

import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

if TYPE_CHECKING:
    from ocpi_runtime.transport import Transport

__all__ = [
    "Ca",
    "ClientCert",
    "ClientKey",
    "Headers",
    "Proxy",
    "finite",
    "plain_console",
    "read_transport",
]

ClientCert = Annotated[
    Path | None,
    typer.Option("--client-cert", metavar="FILE", help="Own certificate for TLS, PEM."),
]
ClientKey = Annotated[
    Path | None,
    typer.Option(
        "--client-key", metavar="FILE", help="Key of --client-cert, PEM, if not in that file."
    ),
]
Ca = Annotated[
    Path | None,
    typer.Option(
        "--ca", metavar="FILE", help="Authorities to trust, PEM, instead of those of the system."
    ),
]
Headers = Annotated[
    list[str] | None,
    typer.Option(
        "--header",
        metavar="'NAME: VALUE'",
        help="Extra header of every request; @FILE has one a line. Repeatable.",
    ),
]
Proxy = Annotated[
    str | None,
    typer.Option(
        "--proxy",
        metavar="URL",
        envvar="OCPI_PROXY",
        help="HTTP proxy, http://user:password@host:1.",
    ),
]


def finite(value: float | None) -> float | None:
    """Refuse ``nan`` and ``inf``, which pass the bounds of typer; a callback of options.

    Raises:
        typer.BadParameter: The number is one of these.
    """
    if value is not None and not math.isfinite(value):
        raise typer.BadParameter(f"{value} is not a finite number.")
    return value


def plain_console(*, stderr: bool = False, soft_wrap: bool = True) -> Console:
    """Return a console that prints text as it is.

    Text of partners may have what rich reads as markup, ``[red]``, or as an emoji, ``:zap:``.

    Args:
        stderr: For messages rather than data.
        soft_wrap: Leave lines to the terminal to wrap; of no use for tables.
    """
    return Console(stderr=stderr, soft_wrap=soft_wrap, highlight=False, markup=False, emoji=False)


def read_transport(
    *,
    client_cert: Path | None,
    client_key: Path | None,
    ca: Path | None,
    headers: Iterable[str] | None,
    proxy: str | None,
    timeout: float | None = None,
) -> "Transport":
    """Make the transport that the options of a command describe.

    Args:
        client_cert: As :data:`ClientCert`; the next ones likewise.
        client_key: Its key.
        ca: The authorities.
        headers: The extra headers.
        proxy: The URL of the proxy.
        timeout: Seconds for connecting, for silence and for a whole exchange.

    Raises:
        typer.BadParameter: One of them cannot be used.
    """
    from ocpi_runtime.transport import Transport  # noqa: PLC0415 - loads ssl, help does not

    files = [None if each is None else each.absolute() for each in (client_cert, client_key, ca)]
    try:
        return Transport(
            client_cert=files[0],
            client_key=files[1],
            ca=files[2],
            headers=dict(_header(line) for line in _lines(headers or ())),
            proxy=proxy,
            connect_seconds=timeout,
            read_seconds=timeout,
            total_seconds=timeout,
        )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _lines(headers: Iterable[str]) -> Iterator[str]:
    for each in headers:
        if not each.startswith("@"):
            yield each
            continue
        try:
            text = Path(each[1:]).read_text(encoding="utf-8")
        except OSError as error:
            message = f"The file of headers {each[1:]} cannot be read: {error.strerror}."
            raise typer.BadParameter(message) from error
        yield from (line for line in text.splitlines() if line.strip())


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon:
        # The whole text may be a secret that was passed without its name.
        raise ValueError("The colon is missing in a header; write it as 'Name: value'.")
    return name.strip(), value.strip()

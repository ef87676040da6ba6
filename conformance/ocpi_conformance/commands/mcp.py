"""The command ``ocpi mcp``. What it needs is loaded when it runs: the package is an extra."""

from typing import Annotated

import typer

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("mcp")(mcp_command)


def mcp_command(
    *,
    allow_private: Annotated[
        bool,
        typer.Option("--allow-private", help="Allow checks of private and loopback addresses."),
    ] = False,
    allow_http: Annotated[
        bool, typer.Option("--allow-http", help="Allow checks over plain http.")
    ] = False,
) -> None:
    """Serve assistants over the Model Context Protocol, on stdin and stdout.

    Tools: validate, check, explain_rule, list_rules, price, diff. Parties are checked with the
    credentials token in OCPI_TOKEN, and nothing is changed at them.
    """
    from ocpi_conformance.mcp_server import make_server  # noqa: PLC0415 - an extra

    options = {"--allow-private": allow_private, "--allow-http": allow_http}
    make_server(address_options=[name for name, given in options.items() if given]).run("stdio")

"""The platform's commands of `ocpi`."""

import typer

from ocpi_server.demo.command import demo
from ocpi_server.init_command import init
from ocpi_server.operator_commands import register

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True)
app.command()(demo)
app.command()(init)
register(app)

"""The platform's commands of `ocpi`."""

import typer

from ocpi_server.command_line.config import show_settings
from ocpi_server.command_line.init import init
from ocpi_server.command_line.operator import register
from ocpi_server.demo.command import demo

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True)
app.command()(demo)
app.command()(init)
app.command("config")(show_settings)
register(app)

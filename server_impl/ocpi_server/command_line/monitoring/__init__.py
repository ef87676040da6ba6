"""The operator's commands that show what a platform does: its message log and its health."""

import typer

from ocpi_server.command_line.monitoring._log import show_log
from ocpi_server.command_line.monitoring._status import show_status

__all__ = ["register_monitoring"]


def register_monitoring(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("log")(show_log)
    app.command("status")(show_status)

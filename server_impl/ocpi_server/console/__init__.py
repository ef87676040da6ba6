"""The operator's web console: pages without scripts, below ``/console`` of the host."""

from ocpi_server.console._app import ConsoleApp
from ocpi_server.console._console import Console, Tools

__all__ = ["Console", "ConsoleApp", "Tools"]

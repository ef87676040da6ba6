"""The operator's commands about partners."""

from ocpi_server.command_line.partners._commands import register_partners

__all__ = ["register_partners"]

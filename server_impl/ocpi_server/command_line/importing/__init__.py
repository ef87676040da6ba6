"""The operator's command that imports objects: own ones, and those of others."""

from ocpi_server.command_line.importing._command import import_objects

__all__ = ["import_objects"]

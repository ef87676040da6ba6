"""A server of the Model Context Protocol: the commands of ``ocpi`` for assistants."""

from ocpi_conformance.mcp_server._server import make_server

__all__ = ["make_server"]

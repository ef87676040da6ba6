"""What operators and their back ends do with a platform over HTTP."""

from ocpi_server.operator_api._assembly import with_operator_api

__all__ = ["with_operator_api"]

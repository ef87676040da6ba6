"""The operator API: how operators and their back ends use a platform over HTTP."""

from ocpi_server.operator_api._assembly import deliveries, with_operator_api

__all__ = ["deliveries", "with_operator_api"]

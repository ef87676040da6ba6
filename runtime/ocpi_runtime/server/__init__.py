"""The server side: stubs, contexts and the application that mounts them."""

from ocpi_runtime.server.context import Context, Partner
from ocpi_runtime.server.results import Created, Outcome, Page, PageQuery, Received
from ocpi_runtime.server.stub import Stub

__all__ = ["Context", "Created", "Outcome", "Page", "PageQuery", "Partner", "Received", "Stub"]

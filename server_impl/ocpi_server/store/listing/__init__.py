"""Lists of objects, page by page."""

from ocpi_server.store.listing._listing import Cursor, Listing, StoredPage
from ocpi_server.store.listing._lists import Lists
from ocpi_server.store.listing._paging import Pager

__all__ = ["Cursor", "Listing", "Lists", "Pager", "StoredPage"]

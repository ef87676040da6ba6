"""Looking through what is stored, page by page: nothing is counted, no list is read to its end."""

from ocpi_server.store.browsing._objects import ObjectBrowser, ObjectList

__all__ = ["ObjectBrowser", "ObjectList"]

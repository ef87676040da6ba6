"""Looking through what is stored, page by page, without reading lists to their ends."""

from ocpi_server.store.browsing._days import DAY, DayCount, count_days
from ocpi_server.store.browsing._objects import ObjectBrowser, ObjectList

__all__ = ["DAY", "DayCount", "ObjectBrowser", "ObjectList", "count_days"]

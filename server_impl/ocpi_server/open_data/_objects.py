"""The objects of one module in one version, as the handlers of its lists read them."""

from bisect import bisect_right

from ocpi_runtime.errors import NotFound
from ocpi_runtime.server import Context, Page, PageQuery, RawPage
from ocpi_runtime.types import Raw
from ocpi_server._clock import to_micros
from ocpi_server.objects.class_names import class_name
from ocpi_server.objects.own import OwnObjects
from ocpi_server.open_data._lists import OpenLists, is_public

__all__ = ["OpenObjects"]


class OpenObjects:
    """Objects that everybody may list and read.

    Args:
        lists: The lists.
        own: All own objects of the module.
        module: The OCPI module.
        version: The OCPI version that they are read in.
    """

    def __init__(self, lists: OpenLists, own: OwnObjects, module: str, version: str) -> None:
        self._lists, self._own = lists, own
        self._module, self._version = module, version

    async def page(self, context: Context, query: PageQuery) -> RawPage:
        """Return one page of the objects, oldest first.

        What is not published any more since the list was made is left out, and still counted.
        """
        listed = await self._lists.get(self._module, self._version)
        places = listed.between(
            None if query.date_from is None else to_micros(query.date_from),
            None if query.date_to is None else to_micros(query.date_to),
        )
        after = _place(query.cursor)
        start = query.offset if after is None else bisect_right(places, after)
        wanted = list(places[start : start + query.limit])
        shown = await self._lists.shown(wanted, self._version)
        more = start + len(wanted) < len(places)
        cursor = str(wanted[-1]) if more and wanted else None
        return Page([text for _, text in shown], total=len(places), more=more, cursor=cursor)

    async def read(self, context: Context, uid: str) -> Raw:
        """Return an object.

        Raises:
            NotFound: There is none that everybody may read.
        """
        stored = await self._own.get(context, uid)
        if not is_public(stored):
            raise NotFound(f"{class_name(self._module)} {uid} not found.")
        return await self._lists.text(stored, self._version)


def _place(cursor: str | None) -> int | None:
    """Read what a Link carries; None where it is something else."""
    digits = cursor or ""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 19 else None  # noqa: PLR2004 - 64 bits

"""How a partner writes the headers of pages."""

from dataclasses import dataclass, fields
from typing import Any, Final

__all__ = ["PAGING_KEYS", "Paging"]


@dataclass(frozen=True, slots=True)
class Paging:
    """How a partner writes the headers of pages, and wants to read them.

    Attributes:
        total_count: Whether X-Total-Count is sent; one that comes all the same is not read.
        link_brackets: Whether the URL in Link is between < and >.
        absolute_link: Whether the URL in Link has scheme and host.
    """

    total_count: bool = True
    link_brackets: bool = True
    absolute_link: bool = True

    def as_data(self) -> dict[str, Any]:
        """Return what differs from the specification, which wants all of it."""
        return {name: False for name in PAGING_KEYS if not getattr(self, name)}


PAGING_KEYS: Final = tuple(each.name for each in fields(Paging))

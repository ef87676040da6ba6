"""Why a partner is not changed as it was asked for."""

from collections.abc import Sequence

from ocpi_runtime.errors import NotFound
from ocpi_runtime.types import PartyId

__all__ = ["ConcurrentChange", "PartiesTaken", "PartnerNotFound", "WrongState"]


class PartiesTaken(Exception):
    """Another partner speaks, or spoke once, for parties that a partner claims; or we do.

    Attributes:
        parties: The parties in question.
    """

    def __init__(self, parties: Sequence[PartyId]) -> None:
        super().__init__(", ".join(map(str, parties)))
        self.parties = tuple(parties)


class ConcurrentChange(Exception):
    """The partner's record was changed by somebody else in the meantime."""


class PartnerNotFound(NotFound):
    """No partner has this key or name."""


class WrongState(Exception):
    """What an operator asks for does not fit the state of the partner."""

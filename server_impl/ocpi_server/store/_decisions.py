"""What a write makes of one object, once it is known what is stored: nothing is written here."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from ocpi_server.store._finding import Known
from ocpi_server.store._quota import Guard
from ocpi_server.store._records import Draft, Duplicate, Put, Stored
from ocpi_server.store._rows import dated, stays

__all__ = ["REFUSED", "Change", "Decide", "Decision", "adding", "changing", "putting", "removing"]

Change = Callable[[Stored], Draft | None]
"""Makes the new state of an object from the stored one; None leaves it as it is."""


class Decision(NamedTuple):
    """What a write does.

    Attributes:
        result: What its caller gets; None for the place of an object that is created.
        draft: The new state; None where nothing is stored.
        removes: Whether the object is deleted.
        counts: Whether the operator API reports it as a change.
        before: The text before, where the change of parts is announced.
        silent: Whether partners need not be sent it.
    """

    result: Any
    draft: Draft | None = None
    removes: bool = False
    counts: bool = True
    before: bytes = b""
    silent: bool = False

    @property
    def is_news(self) -> bool:
        """Whether partners must be sent what was done."""
        return (self.removes or self.draft is not None) and not self.silent


REFUSED: Final = Decision(None, counts=False)
"""What a write does that raised an error."""
Decide = Callable[[Any], Decision]
"""Decides about an object from what is stored: ``Known``, or ``Stored`` where the text is needed.

It may be called again, after what was written was undone.
"""


def putting(draft: Draft, guard: Guard) -> Decide:
    """Create or replace an object; what is newer than the draft stays, and so does a CDR."""

    def decide(old: Known | None) -> Decision:
        guard.check_size(draft, 0 if old is None else old.size)
        if old is None:
            return Decision(Put.CREATED, draft)
        new = dated(old, draft)
        return Decision(Put.STALE, counts=False) if stays(old, new) else Decision(Put.UPDATED, new)

    return decide


def adding(draft: Draft, guard: Guard) -> Decide:
    """Create an object that may never be replaced; the result is its place."""

    def decide(old: Known | None) -> Decision:
        guard.check_size(draft)
        if old is not None:
            raise Duplicate(draft.key.uid)
        return Decision(None, draft)

    return decide


def changing(edit: Change, guard: Guard) -> Decide:
    """Replace an object by what ``edit`` makes of it; the result is what was stored before."""

    def decide(old: Stored | None) -> Decision:
        if old is None:
            return Decision(None, counts=False)
        draft = edit(old)
        if draft is None:
            return Decision(old)
        guard.check_size(draft, len(old.raw))
        return Decision(old, draft, before=old.raw, silent=draft.raw == old.raw)

    return decide


def removing(old: Known | None) -> Decision:
    """Delete an object; the result is whether it was there."""
    return Decision(False, counts=False) if old is None else Decision(True, removes=True)  # noqa: FBT003 - a result

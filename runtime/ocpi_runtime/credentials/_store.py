"""What an application keeps of its registrations, and the protocol of the store that keeps it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ocpi_runtime.client import Endpoint
from ocpi_runtime.parties import PartyRole
from ocpi_runtime.types import PartyId

__all__ = ["CredentialsStore", "MemoryCredentialsStore", "Registration"]


@dataclass(frozen=True, slots=True)
class Registration:
    """The registration with one partner, or the invitation to it.

    Attributes:
        partner_id: The key of the partner in the application.
        token_digest: The digest of the token that the partner uses here
            (:func:`ocpi_runtime.token.digest`). The token itself is not kept.
        previous_digest: The digest of the token before it, until the partner uses the new one.
        pending: Whether the exchange of credentials that this side began has not ended yet.
        revision: Counts the changes.
        token_there: The token that is used at the partner; None while there is no registration.
            It opens the partner's interfaces: encrypt it, or the table that it is in.
        versions_url: Where the partner lists its versions.
        version: The version that is spoken.
        endpoints: The endpoints of the partner in this version.
        token_base64: Whether the partner takes the token in Base64.
        parties: The parties that the partner speaks for.
        allowed: The parties that the invitation is for; None for any.
        own_role: The own role that the partner registered with, in versions with one versions URL
            per role.
    """

    partner_id: str
    token_digest: str
    previous_digest: str | None = None
    pending: bool = False
    revision: int = 0
    token_there: str | None = field(default=None, repr=False)
    versions_url: str | None = None
    version: str | None = None
    endpoints: tuple[Endpoint, ...] = ()
    token_base64: bool = True
    parties: frozenset[PartyId] = frozenset()
    allowed: frozenset[PartyId] | None = None
    own_role: PartyRole | None = None


class CredentialsStore(Protocol):
    """A table of the application with one registration per partner.

    :class:`MemoryCredentialsStore` shows what each method does.
    """

    async def load(self, partner_id: str) -> Registration | None:
        """Return the registration with a partner, or None."""

    async def find(self, digests: Sequence[str]) -> Registration | None:
        """Return the registration one of whose two digests is among these, or None."""

    async def replace(self, old: Registration | None, new: Registration | None) -> bool:
        """Replace a registration in one transaction.

        Args:
            old: What is stored for the partner; None to insert ``new``.
            new: What is to be stored; None to delete ``old``.

        Returns:
            False, and nothing is changed, where the stored revision is not that of ``old``, or
            there is a registration although ``old`` is None.

        Raises:
            OcpiError: The registration is refused, for example since another partner has one of
                its parties. The partner is answered with this error.
        """


class MemoryCredentialsStore:
    """A store for tests; it forgets everything when the process ends."""

    def __init__(self) -> None:
        self._stored: dict[str, Registration] = {}

    async def load(self, partner_id: str) -> Registration | None:
        """Return the registration with a partner, or None."""
        return self._stored.get(partner_id)

    async def find(self, digests: Sequence[str]) -> Registration | None:
        """Return the registration one of whose two digests is among these, or None."""
        for each in self._stored.values():
            if each.token_digest in digests or each.previous_digest in digests:
                return each
        return None

    async def replace(self, old: Registration | None, new: Registration | None) -> bool:
        """Replace a registration; see :meth:`CredentialsStore.replace`."""
        subject = old or new
        if subject is None:
            return True
        stored = self._stored.pop(subject.partner_id, None)
        same = (stored and stored.revision) == (old and old.revision)
        result = new if same else stored
        if result is not None:
            self._stored[subject.partner_id] = result
        return same

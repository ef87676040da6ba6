"""The secrets that messages to a webhook are signed with."""

import hmac
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, Self

from ocpi_runtime.errors import GenericClientError
from ocpi_server._clock import SECOND

__all__ = ["SigningSecrets"]

_MOST_FORMER: Final = 2


@dataclass(frozen=True, slots=True)
class SigningSecrets:
    """The secrets of a webhook.

    Attributes:
        newest: The one that is signed with from now on.
        former: Those of before, the newest first, and until when each is used, in microseconds.
    """

    newest: str = field(repr=False)
    former: tuple[tuple[str, int], ...] = field(default=(), repr=False)

    @classmethod
    def read(cls, text: str) -> Self:
        """Read what :meth:`written` returned."""
        newest, *former = text.split()
        pairs = (each.partition(":") for each in former)
        return cls(newest, tuple((secret, int(until)) for secret, _, until in pairs))

    def written(self) -> str:
        """Return all secrets as one text."""
        return " ".join((self.newest, *(f"{secret}:{until}" for secret, until in self.former)))

    def renewed(self, newest: str, now: int, until: int) -> Self:
        """Return the secrets with a new one.

        Args:
            newest: The new one.
            now: The present instant, in microseconds.
            until: Until when those that are in force now are used, too; those that end earlier do.

        Raises:
            GenericClientError: There would be too many.
        """
        if until <= now:
            return type(self)(newest)
        kept = tuple((secret, end) for secret, end in self.former if end > now)
        if len(kept) >= _MOST_FORMER:
            raise GenericClientError(
                f"{len(kept)} former secrets are still used; wait until the overlap of one has "
                "ended, or end all with the overlap 0."
            )
        return type(self)(newest, ((self.newest, until), *kept))

    def signature(self, at: int, body: bytes) -> str:
        """Return the value of the header ``OCPI-Signature``: seconds since 1970, and their HMACs.

        Each digest is that of the seconds, a dot and the body, so that no old message can be sent
        again: one for each secret in force, the newest first.
        """
        used = [self.newest, *(secret for secret, until in self.former if until > at * SECOND)]
        signed = b"%d." % at + body
        digests = [hmac.new(secret.encode(), signed, sha256).hexdigest() for secret in used]
        return ",".join((f"t={at}", *(f"v1={each}" for each in digests)))

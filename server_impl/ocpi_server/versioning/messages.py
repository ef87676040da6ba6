"""Messages at the edge: what partners send and are sent, in their version and in ours."""

from ocpi_bridge import ConversionContext, NotConvertible
from ocpi_runtime.errors import InvalidParameters, Violation
from ocpi_runtime.server import Context, Partner
from ocpi_runtime.types import Model, PartyId, Raw
from ocpi_server._versions import OWN_VERSION
from ocpi_server.versioning.translation import translate, translate_beside

__all__ = ["MessageConverter"]


class MessageConverter:
    """Translates messages that are not kept: commands, their answers and results.

    Args:
        timeout: Seconds until a command times out, for partners that send no timeout.
    """

    def __init__(self, timeout: int) -> None:
        self._timeout = timeout

    async def read(self, context: Context, kind: str, raw: Raw) -> Raw:
        """Return a message of a partner in our version.

        Raises:
            InvalidParameters: Our version cannot represent it.
        """
        version = context.interface.version
        if version == OWN_VERSION:
            return raw
        try:
            known = self._known(_owner(context.partner))
            return (await translate_beside(raw, kind, version, OWN_VERSION, known)).raw
        except NotConvertible as error:
            fault = Violation(error.pointer, "version", error.message)
            raise InvalidParameters(error.message, violations=[fault]) from None

    def write(self, context: Context, kind: str, raw: Raw) -> Raw:
        """Return an answer of ours in the version of the request."""
        return self.to(context.interface.version, kind, raw)

    def to(self, version: str, kind: str, raw: Raw) -> Raw:
        """Return a message of ours in the version of a partner.

        Raises:
            NotConvertible: The version cannot represent it.
        """
        if version == OWN_VERSION:
            return raw
        return self._translated(raw, kind, OWN_VERSION, version, None)

    def answer(
        self, version: str, kind: str, raw: Raw, *, emsp: PartyId, token: Model | None = None
    ) -> Raw:
        """Return the answer of a partner, in one version, in ours.

        Raises:
            NotConvertible: Our version cannot represent it.
        """
        if version == OWN_VERSION:
            return raw
        return self._translated(raw, kind, version, OWN_VERSION, emsp, token)

    def _translated(
        self,
        raw: Raw,
        kind: str,
        source: str,
        target: str,
        emsp: PartyId | None,
        token: Model | None = None,
    ) -> Raw:
        return translate(raw, kind, source, target, self._known(emsp, token)).raw

    def _known(self, emsp: PartyId | None, token: Model | None = None) -> ConversionContext:
        return ConversionContext(emsp=emsp, timeout=self._timeout, token=token)


def _owner(partner: Partner) -> PartyId | None:
    # A partner of a version whose objects do not name their owner speaks for one party.
    return min(partner.parties, default=None)

"""Asking an eMSP whether one of its tokens may charge. A CPO's side."""

from typing import TYPE_CHECKING

from ocpi_runtime.codec import decode, encode
from ocpi_runtime.errors import NotSupported
from ocpi_runtime.types import Model, PartyId, Raw
from ocpi_server.partners import PartnerRecord
from ocpi_server.partners.calling import PartnerClients
from ocpi_server.store import Key, ObjectStore
from ocpi_server.versioning.messages import MessageConverter
from ocpi_server.versioning.translation import model

if TYPE_CHECKING:
    from ocpi_bindings.v2_2_1.models import AuthorizationInfo, TokenType

__all__ = ["TokenAuthorizer"]


class TokenAuthorizer:
    """Asks eMSPs in their version and gives their answer in ours.

    Args:
        clients: Calls partners.
        store: Has the tokens that they pushed.
        messages: Converts questions and answers.
    """

    def __init__(
        self, clients: PartnerClients, store: ObjectStore, messages: MessageConverter
    ) -> None:
        self._clients = clients
        self._store = store
        self._messages = messages

    async def authorize(
        self,
        partner: PartnerRecord,
        token_uid: str,
        kind: "TokenType",
        location: Raw | None,
        to_party: PartyId | None = None,
    ) -> "AuthorizationInfo":
        """Ask whether a token may charge now.

        Raises:
            NotSupported: The version of the eMSP has no such question.
            OcpiError: The eMSP does not know the token, or needs a location.
        """
        from ocpi_bindings.v2_2_1.models import AuthorizationInfo  # noqa: PLC0415 - see versions

        version = partner.version or ""
        interface = self._clients.bindings[version].interfaces.get(("tokens", "sender"))
        if interface is None or "post_authorize_token" not in interface.operations:
            raise NotSupported(f"Real-time authorization is not defined in OCPI {version}.")
        place = None
        if location is not None:
            place = self._messages.to(version, "LocationReferences", location)
        peer = self._clients.peer(partner, to_party=to_party)
        answer = await peer.tokens.post_authorize_token(token_uid, place, type=kind)
        if isinstance(answer, AuthorizationInfo):
            return answer
        token = await self._token(partner, token_uid, kind.value)
        emsp = min(partner.parties)
        text = self._messages.answer(
            version, "AuthorizationInfo", Raw(encode(answer)), emsp=emsp, token=token
        )
        return decode(text, AuthorizationInfo)

    async def _token(self, partner: PartnerRecord, uid: str, kind: str) -> Model | None:
        for party in sorted(partner.parties):
            key = Key.of("tokens", party, uid, kind, holder=partner.company)
            found = await self._store.get(key)
            if found is not None:
                return model(found.raw, "Token", found.version)
        return None

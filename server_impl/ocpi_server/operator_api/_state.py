"""The state of pushes and pulls, losses, and authorizations of tokens."""

from typing import Any

import msgspec

from ocpi_bindings.v2_2_1.models import TokenType
from ocpi_operator.v1.models import (
    Loss,
    LossyObject,
    NewAuthorization,
    NewPull,
    PendingPush,
    PullState,
    PushState,
    Resync,
    ResyncResult,
)
from ocpi_operator.v1.stubs import AuthorizationsStub, LossesStub, PullsStub, PushesStub
from ocpi_runtime.codec import encode
from ocpi_runtime.errors import GenericClientError, InvalidParameters, Violation
from ocpi_runtime.server import Context, Received
from ocpi_runtime.types import PartyId, Raw
from ocpi_server._background import Background
from ocpi_server._clock import from_micros
from ocpi_server._operations import Operations
from ocpi_server.operator_api._partners import refused
from ocpi_server.partners import PartnerAdministration
from ocpi_server.settings import PULLED_MODULES
from ocpi_server.store.outbox import Pending
from ocpi_server.store.pulls import PullState as StoredPull
from ocpi_server.sync.push import MODULES, PartnerPush

__all__ = ["Authorizations", "Losses", "Pulls", "Pushes", "party"]


class Pushes(PushesStub):
    """What partners have not been sent.

    Args:
        platform: The platform.
        administration: Finds partners.
    """

    def __init__(self, platform: Operations, administration: PartnerAdministration) -> None:
        self._platform, self._administration = platform, administration

    async def get_pushes(self, context: Context[Any]) -> list[PushState]:
        """Return the state of pushes to each partner."""
        return [_push(each) for each in await self._platform.push_status()]

    async def get_pending_pushes(self, context: Context[Any], partner: str) -> list[PendingPush]:
        """Return what a partner has not been sent."""
        with refused():
            known = await self._administration.find(partner)
        return [_pending(each) for each in await self._platform.pending_pushes(known.id)]

    async def post_resync(
        self, context: Context[Any], partner: str, body: Received[Resync]
    ) -> ResyncResult:
        """Push to a partner again: all own objects that it may see, or failed ones."""
        with refused():
            known = await self._administration.find(partner)
        if body.value.failed_only is True:
            count = await self._platform.retry_pushes(known.id)
            return ResyncResult(begun=count > 0, objects=count)
        module = body.value.module or None
        if module is not None and module not in MODULES:
            what = f"{module} is not pushed; allowed: {', '.join(sorted(MODULES))}."
            raise InvalidParameters(what, violations=[Violation("/module", "enum", what)])
        return ResyncResult(begun=await self._platform.resync(known.id, module))


class Pulls(PullsStub):
    """How lists of partners are pulled.

    Args:
        platform: The platform.
        administration: Finds partners.
        background: Runs pulls that were begun here.
    """

    def __init__(
        self, platform: Operations, administration: PartnerAdministration, background: Background
    ) -> None:
        self._platform, self._administration = platform, administration
        self._background = background

    async def get_pulls(self, context: Context[Any]) -> list[PullState]:
        """Return the state of pulls."""
        return [_pull(each) for each in await self._platform.pull_status()]

    async def post_pull(self, context: Context[Any], body: Received[NewPull]) -> None:
        """Begin a pull; its state is kept, whatever the outcome."""
        wanted = body.value
        with refused():
            known = await self._administration.find(wanted.partner)
        if wanted.module not in PULLED_MODULES:
            what = f"{wanted.module} is not pulled; allowed: {', '.join(PULLED_MODULES)}."
            raise InvalidParameters(what, violations=[Violation("/module", "enum", what)])

        async def work() -> None:
            await self._platform.pull(known, wanted.module, whole=wanted.whole is True)

        if not self._background.try_start(work(), f"pull of {wanted.module}", known.id):
            raise GenericClientError("Too many tasks of this partner are running; try later.")


class Losses(LossesStub):
    """Losses in other versions.

    Args:
        platform: The platform.
    """

    def __init__(self, platform: Operations) -> None:
        self._platform = platform

    async def get_losses(self, context: Context[Any]) -> list[LossyObject]:
        """List objects that other versions do not represent in full."""
        return [
            LossyObject(
                module=each.module,
                owner=each.owner,
                uid=each.uid,
                accepted=each.accepted,
                version=each.version,
                losses=[Loss(pointer=one.pointer, reason=one.reason) for one in each.losses],
            )
            for each in await self._platform.losses()
        ]


class Authorizations(AuthorizationsStub):
    """Decisions of partners about their tokens.

    Args:
        platform: The platform.
        administration: Finds partners.
    """

    def __init__(self, platform: Operations, administration: PartnerAdministration) -> None:
        self._platform, self._administration = platform, administration

    async def post_authorization(
        self, context: Context[Any], body: Received[NewAuthorization]
    ) -> Raw:
        """Request the real-time authorization of a token."""
        wanted = body.value
        with refused():
            known = await self._administration.find(wanted.partner)
        location = msgspec.json.decode(body.raw, type=dict[str, msgspec.Raw]).get("location")
        try:
            kind = TokenType(wanted.type or "RFID")
        except ValueError:
            what = f"{wanted.type} is not a type of tokens."
            raise InvalidParameters(what, violations=[Violation("/type", "enum", what)]) from None
        info = await self._platform.authorize(
            known,
            wanted.token_uid,
            type=kind,
            location=None if location is None else bytes(location),
            to_party=party(wanted.to_party or None),
        )
        return Raw(encode(info))


def party(name: str | None) -> PartyId | None:
    """Parse a party such as NL-CPO; return None for None.

    Raises:
        InvalidParameters: It is none.
    """
    if name is None:
        return None
    country_code, mark, party_id = name.partition("-")
    if not mark or len(country_code) != 2 or len(party_id) != 3:  # noqa: PLR2004 - as OCPI has it
        what = f"{name} is not a party; write country and party id, such as NL-CPO."
        raise InvalidParameters(what, violations=[Violation("/to_party", "pattern", what)])
    return PartyId.of(country_code, party_id)


def _push(state: PartnerPush) -> PushState:
    shown = PushState(
        partner=state.partner, name=state.name, pending=state.pending, refused=state.parked
    )
    if state.since is not None:
        shown.since = from_micros(state.since)
    if state.error is not None:
        shown.error = state.error
    return shown


def _pending(pending: Pending) -> PendingPush:
    shown = PendingPush(
        module=pending.key.module,
        country_code=pending.key.country_code,
        party_id=pending.key.party_id,
        uid=pending.key.uid,
        kind=pending.kind,
        since=from_micros(pending.since),
        tries=pending.tries,
    )
    if pending.error is not None:
        shown.error = pending.error
    return shown


def _pull(state: StoredPull) -> PullState:
    shown = PullState(
        partner=state.partner, module=state.module, items=state.items, tries=state.tries
    )
    for name in ("began", "ended", "due"):
        instant = getattr(state, name)
        if instant:
            setattr(shown, name, from_micros(instant))
    if state.total is not None:
        shown.total = state.total
    if state.error is not None:
        shown.error = state.error
    return shown

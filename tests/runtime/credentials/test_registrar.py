from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from ocpi_bindings import v2_0, v2_1_1, v2_2, v2_2_1, v2_3_0
from ocpi_bindings.v2_2_1 import stubs
from ocpi_runtime.credentials import MemoryCredentialsStore, OwnParty, Registrar, Registration
from ocpi_runtime.errors import (
    ClientApiUnusable,
    GenericServerError,
    InvalidParameters,
    MethodNotAllowed,
    NotAuthorized,
    TransportError,
)
from ocpi_runtime.server import create_app
from ocpi_runtime.testing import answering, http_client
from ocpi_runtime.token import digest
from ocpi_runtime.types import PartyId

ALL: tuple[Any, ...] = tuple(each.binding for each in (v2_0, v2_1_1, v2_2, v2_2_1, v2_3_0))
FUN, CPO_PARTY = PartyId("DE", "FUN"), PartyId("NL", "EXA")


@dataclass
class Two:
    """A CPO and an eMSP with an application each, reachable in memory."""

    cpo: Registrar
    emsp: Registrar
    apps: dict[str, Any]

    async def registered(self, **options: Any) -> Registration:
        token_a = await self.cpo.invite("fun", parties=[FUN])
        return await self.emsp.register("cpo", self.versions, token_a, **options)

    versions: str = "https://cpo.example/ocpi/versions"


def platform(name: str, party: OwnParty, bindings: Any, http: Any) -> tuple[Registrar, Any]:
    base_url = f"https://{name}.example/ocpi"
    registrar = Registrar(
        MemoryCredentialsStore(), bindings=bindings, base_url=base_url, own=[party], http=http
    )
    handlers = registrar.handlers()
    if party.role == "CPO":
        handlers.append(answering(stubs.TariffsSenderStub, get_tariffs=[]))
    app = create_app(
        [each for each in handlers if each.INTERFACE.version in {one.version for one in bindings}],
        authenticate=registrar.authenticate,
        base_url=base_url,
        check_answers="fail",
    )
    return registrar, app


def pair(bindings: Any, http: Any, apps: dict[str, Any]) -> Two:
    exa = OwnParty("CPO", "NL", "EXA", "Example Charging")
    fun = OwnParty("EMSP", "DE", "FUN", "Fun Drive")
    cpo, apps["https://cpo.example"] = platform("cpo", exa, bindings, http)
    emsp, apps["https://emsp.example"] = platform("emsp", fun, bindings, http)
    return Two(cpo, emsp, apps)


@pytest.fixture
async def two() -> AsyncIterator[Two]:
    apps: dict[str, Any] = {}
    async with http_client(apps) as http:
        yield pair([v2_2_1.binding], http, apps)


@pytest.mark.parametrize("binding", ALL, ids=lambda each: each.version)
async def test_both_sides_register_in_every_version(binding: Any) -> None:
    apps: dict[str, Any] = {}
    async with http_client(apps) as http:
        two = pair([binding], http, apps)
        roles = binding.interfaces["credentials", "both"].roles
        if not roles:
            two.versions = "https://cpo.example/ocpi/cpo/versions"
        done = await two.registered()
        assert (done.version, [*done.parties]) == (binding.version, [CPO_PARTY])
        for registrar, partner in ((two.emsp, "cpo"), (two.cpo, "fun")):
            peer: Any = await registrar.peer(partner)
            mine = await peer.credentials.get_credentials()
            found = await registrar.store.load(partner)
            assert found is not None
            assert mine.token == found.token_there
        stored = await two.cpo.store.load("fun")
        assert stored is not None
        assert stored.parties == {FUN}
        assert stored.previous_digest is None
        assert stored.own_role == (None if roles else "CPO")


async def test_token_a_is_refused_once_the_new_token_was_used(two: Two) -> None:
    token_a = await two.cpo.invite("fun", parties=[FUN])
    await two.emsp.register("cpo", two.versions, token_a)
    assert await two.cpo.authenticate([token_a])  # the answer with token C may have been lost
    peer: Any = await two.emsp.peer("cpo")
    await peer.credentials.get_credentials()
    assert await two.cpo.authenticate([token_a]) is None


async def test_a_lost_answer_is_repaired_by_registering_again(two: Two) -> None:
    token_a = await two.cpo.invite("fun", parties=[FUN])
    done = await two.emsp.register("cpo", two.versions, token_a)
    assert await two.emsp.store.replace(done, None)
    await two.emsp.register("cpo", two.versions, token_a)
    peer: Any = await two.emsp.peer("cpo")
    assert [each async for each in peer.tariffs.get_tariffs()] == []


async def test_registering_twice_is_not_allowed(two: Two) -> None:
    done = await two.registered()
    peer: Any = await two.emsp.peer("cpo")
    with pytest.raises(MethodNotAllowed):
        await peer.credentials.post_credentials(two.emsp.credentials(v2_2_1.binding, "other"))
    with pytest.raises(GenericServerError, match="exists"):
        await two.emsp.register("cpo", two.versions, "token")
    assert await two.emsp.store.load("cpo") == done


async def test_both_tokens_are_renewed(two: Two) -> None:
    before = await two.registered()
    there = await two.cpo.store.load("fun")
    after = await two.emsp.update("cpo")
    now = await two.cpo.store.load("fun")
    assert there is not None
    assert now is not None
    assert before.token_there != after.token_there
    assert there.token_there != now.token_there
    for registrar, partner in ((two.emsp, "cpo"), (two.cpo, "fun")):
        peer: Any = await registrar.peer(partner)
        await peer.credentials.get_credentials()
    assert await two.cpo.authenticate([str(before.token_there)]) is None
    assert await two.emsp.authenticate([str(there.token_there)]) is None


async def test_a_renewal_that_fails_leaves_the_old_registration(two: Two) -> None:
    before = await two.registered()
    two.apps["https://emsp.example"] = two.apps["https://cpo.example"]  # token B is unknown there
    with pytest.raises(ClientApiUnusable):
        await two.emsp.update("cpo")
    stored = await two.emsp.store.load("cpo")
    assert stored is not None
    assert (stored.token_digest, stored.pending) == (before.token_digest, False)
    peer: Any = await two.emsp.peer("cpo")
    await peer.credentials.get_credentials()


async def test_a_registration_ends_on_both_sides(two: Two) -> None:
    done = await two.registered()
    await two.emsp.unregister("cpo")
    assert await two.emsp.store.load("cpo") is None
    assert await two.cpo.store.load("fun") is None
    with pytest.raises(GenericServerError, match="Partner cpo is not registered"):
        await two.emsp.peer("cpo")
    assert await two.cpo.authenticate([str(done.token_there)]) is None


async def test_parties_outside_of_the_invitation_are_refused(two: Two) -> None:
    token_a = await two.cpo.invite("fun", parties=[PartyId("DE", "OTH")])
    with pytest.raises(InvalidParameters, match="invitation"):
        await two.emsp.register("cpo", two.versions, token_a)
    assert await two.emsp.store.load("cpo") is None
    stored = await two.cpo.store.load("fun")
    assert stored is not None
    assert stored.token_there is None


async def test_a_registration_that_fails_leaves_nothing(two: Two) -> None:
    with pytest.raises(NotAuthorized):
        await two.emsp.register("cpo", two.versions, "unknown-token")
    with pytest.raises(TransportError):
        await two.emsp.register("cpo", "https://nobody.example/versions", "token")
    assert await two.emsp.store.load("cpo") is None


async def test_token_b_opens_versions_only_while_the_exchange_lasts(two: Two) -> None:
    before = Registration("cpo", digest("old"), token_there="there")
    pending = replace(
        before, token_digest=digest("new"), previous_digest=digest("old"), pending=True, revision=1
    )
    assert await two.emsp.store.replace(None, pending)
    new, old = [await two.emsp.authenticate([each]) for each in ("new", "old")]
    assert new is not None
    assert old is not None
    assert (new.registering, old.registering) == (True, False)
    assert await two.emsp.store.load("cpo") == pending
    assert await two.emsp.store.replace(pending, replace(pending, pending=False, revision=2))
    old, new = [await two.emsp.authenticate([each]) for each in ("old", "new")]
    assert new is not None
    assert old is not None
    assert (new.registering, old.registering) == (False, True)
    assert await two.emsp.authenticate(["old"]) is None


async def test_of_two_changes_at_once_one_is_made(two: Two) -> None:
    done = await two.registered()
    renewed = await two.emsp.update("cpo")
    assert not await two.emsp.store.replace(done, None)
    assert await two.emsp.store.load("cpo") == renewed


def test_two_roles_need_one_in_versions_without_roles() -> None:
    own = [OwnParty("CPO", "NL", "EXA", "Both"), OwnParty("EMSP", "NL", "EXA", "Both")]
    registrar = Registrar(
        MemoryCredentialsStore(), bindings=ALL, base_url="https://both.example", own=own
    )
    with pytest.raises(ValueError, match="CPO and EMSP"):
        registrar.credentials(v2_1_1.binding, "token")
    made: Any = registrar.credentials(v2_1_1.binding, "token", "EMSP")
    assert made.url == "https://both.example/emsp/versions"

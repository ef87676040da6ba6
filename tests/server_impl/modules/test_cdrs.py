"""CDRs: taken once, read where Location says, never changed."""

from pathlib import Path

import msgspec
import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ocpi_runtime.errors import NotFound
from ocpi_server import OwnParty
from ocpi_server.store import Duplicate, Key
from tests.server_impl.pair import CPO, EMSP, Caller, Pair, calling, introduce, served
from tests.server_impl.samples import cdr

STRANGER = OwnParty("BE", "XXX", "CPO", "Stranger")


async def test_a_cdr_is_read_where_location_says(pair: Pair, as_cpo: Caller) -> None:
    sent = cdr()
    answer = await as_cpo("POST", pair.emsp.url("receiver", "cdrs"), sent)
    assert (answer.status_code, answer.json()["status_code"]) == (201, 1000)
    read = await as_cpo("GET", answer.headers["location"])
    assert (read.status_code, read.json()["data"]) == (200, sent)


async def test_a_duplicate_changes_nothing(pair: Pair, as_cpo: Caller) -> None:
    url = pair.emsp.url("receiver", "cdrs")
    first = await as_cpo("POST", url, cdr())
    second = await as_cpo("POST", url, cdr("cdr1", remark="changed"))
    assert (second.status_code, second.json()["status_code"]) == (200, 2000)
    assert (await as_cpo("GET", first.headers["location"])).json()["data"] == cdr()


async def test_a_credit_cdr_names_what_it_credits(pair: Pair, as_cpo: Caller) -> None:
    url = pair.emsp.url("receiver", "cdrs")
    await as_cpo("POST", url, cdr())
    bare = await as_cpo("POST", url, cdr("CDR1-C", credit=True))
    assert (bare.json()["status_code"], "/credit_reference_id" in bare.text) == (2001, True)
    credit = cdr("C" * 37, credit=True, credit_reference_id="CDR1", total_cost={"excl_vat": -2.75})
    assert (await as_cpo("POST", url, credit)).status_code == 201
    long = await as_cpo("POST", url, cdr("D" * 37))
    assert long.json()["status_code"] == 2001


async def test_a_cdr_of_another_owner_is_refused_where_it_says_so(
    pair: Pair, as_cpo: Caller
) -> None:
    answer = await as_cpo("POST", pair.emsp.url("receiver", "cdrs"), cdr(owner=STRANGER.id))
    envelope = answer.json()
    assert (answer.status_code, envelope["status_code"]) == (200, 2001)
    assert [fault["pointer"] for fault in envelope["violations"]] == ["/country_code", "/party_id"]


async def test_another_partys_cdr_is_404(pair: Pair, as_cpo: Caller, tmp_path: Path) -> None:
    url = pair.emsp.url("receiver", "cdrs")
    for name in ("0", "99999999", "x", "9" * 30):
        assert (await as_cpo("GET", f"{url}/{name}")).status_code == 404
    where = (await as_cpo("POST", url, cdr())).headers["location"]
    async with served(tmp_path, STRANGER) as other:
        between = await introduce(pair.emsp, other)
        async with calling(pair.emsp, other, between.at_emsp) as as_other:
            assert (await as_other("GET", where)).status_code == 404
            await other.platform.unregister(between.at_emsp)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
async def test_cdrs_cannot_be_changed(pair: Pair, as_cpo: Caller, method: str) -> None:
    answer = await as_cpo("POST", pair.emsp.url("receiver", "cdrs"), cdr())
    body = None if method == "DELETE" else cdr()
    assert (await as_cpo(method, answer.headers["location"], body)).status_code == 405


async def test_own_cdrs_go_to_the_provider_of_their_token(pair: Pair) -> None:
    publisher = pair.cpo.platform.publisher
    assert await publisher.cdr(msgspec.json.encode(cdr())) == (pair.at_cpo.id,)
    await pair.cpo.platform.pushed()
    url = await publisher.cdr_url(CPO.id, "cdr1")
    assert url
    assert url.startswith(pair.emsp.base_url)
    assert await publisher.cdr(msgspec.json.encode(cdr("CDR2", provider=STRANGER.id))) == ()
    await pair.cpo.platform.pushed()
    with pytest.raises(Duplicate):
        await publisher.cdr(msgspec.json.encode(cdr()))
    peer = pair.emsp.platform.clients.peer(pair.at_emsp)
    assert [each.id async for each in peer.cdrs.get_cdrs()] == ["CDR1"]


async def test_a_cdr_that_was_refused_is_listed_and_can_be_posted_again(
    pair: Pair, as_cpo: Caller
) -> None:
    publisher = pair.cpo.platform.publisher
    await as_cpo("POST", pair.emsp.url("receiver", "cdrs"), cdr())
    await publisher.cdr(msgspec.json.encode(cdr(remark="another bill")))
    await pair.cpo.platform.pushed()
    (refused,) = await pair.cpo.platform.pending_pushes(pair.at_cpo.id)
    assert (refused.key.uid, refused.kind, refused.parked) == ("cdr1", "cdr", True)
    assert "CDRs cannot be changed" in (refused.error or "")
    peer = pair.emsp.platform.clients.peer(pair.at_emsp)
    assert [each.remark async for each in peer.cdrs.get_cdrs()] == ["another bill"]
    await publisher.cdr_again(CPO.id, "CDR1")
    taken = await pair.cpo.platform.pushed()
    assert "CDRs cannot be changed" in (taken[pair.at_cpo.id] or "")
    assert await publisher.cdr_url(CPO.id, "CDR1") is None
    key = Key.of("cdrs", CPO.id, "CDR1", holder=pair.at_emsp.company)
    await pair.emsp.platform.parts.store.remove(key)
    await publisher.cdr_again(CPO.id, "cdr1")
    assert await pair.cpo.platform.pushed() == {pair.at_cpo.id: None}
    url = await publisher.cdr_url(CPO.id, "CDR1")
    assert url
    assert (await as_cpo("GET", url)).json()["data"]["remark"] == "another bill"
    with pytest.raises(NotFound):
        await publisher.cdr_again(CPO.id, "CDR2")


async def test_a_cdr_is_posted_once_though_the_answer_names_no_url(tmp_path: Path) -> None:
    posts: list[str] = []

    def without_location(app: ASGIApp) -> ASGIApp:
        async def stripped(scope: Scope, receive: Receive, send: Send) -> None:
            async def strip(message: Message) -> None:
                named = message.get("headers", ())
                headers = [(name, value) for name, value in named if name != b"location"]
                await send({**message, "headers": headers} if named else message)

            if scope.get("method") == "POST" and scope["path"].endswith("/receiver/cdrs"):
                posts.append(scope["path"])
            await app(scope, receive, strip)

        return stripped

    async with (
        served(tmp_path / "cpo", CPO) as cpo,
        served(tmp_path / "emsp", EMSP, wrap=without_location) as emsp,
    ):
        known = (await introduce(cpo, emsp)).at_cpo
        await cpo.platform.publisher.cdr(msgspec.json.encode(cdr()))
        assert await cpo.platform.pushed() == {known.id: None}
        assert await cpo.platform.publisher.cdr_url(CPO.id, "CDR1") is None
        assert await cpo.platform.resync(known.id)
        assert await cpo.platform.pushed() == {known.id: None}
        assert len(posts) == 1

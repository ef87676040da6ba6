"""Own objects of a platform with several parties."""

from pathlib import Path

from ocpi_server import OwnParty
from tests.server_impl.pair import EMSP, calling, introduce, location, served
from tests.server_impl.reading import put
from tests.support.statements import watching_statements

PARTIES = tuple(OwnParty("NL", f"P{at:02}", "CPO", f"Operator {at}") for at in range(8))


async def test_an_object_is_found_in_one_statement_whoever_owns_it(tmp_path: Path) -> None:
    statements: list[str] = []

    def count(statement: str) -> None:
        # Jobs of both platforms list objects meanwhile; look-ups have an id.
        if "FROM objects" in statement and "objects.uid =" in statement:
            statements.append(statement)

    async with served(tmp_path / "cpo", *PARTIES) as cpo, served(tmp_path / "emsp", EMSP) as emsp:
        pair = await introduce(cpo, emsp)
        await put(cpo, "locations", *(location(party.party_id, party) for party in PARTIES))
        await put(cpo, "locations", *(location("SAME", party) for party in PARTIES[3:5]))
        async with calling(cpo, emsp, pair.at_emsp) as caller:
            with watching_statements(count):
                for uid, owner in (("P00", "P00"), ("p07", "P07"), ("SAME", "P03")):
                    statements.clear()
                    answer = await caller("GET", cpo.url("sender", "locations", uid))
                    assert answer.json()["data"]["party_id"] == owner
                    assert len(statements) == 1
            to = {"OCPI-to-country-code": "NL", "OCPI-to-party-id": "P04"}
            url = cpo.url("sender", "locations", "SAME")
            answer = await caller("GET", url, **to)
            assert answer.json()["data"]["party_id"] == "P04"
            url = cpo.url("sender", "locations", "P00")
            assert (await caller("GET", url, **to)).status_code == 404

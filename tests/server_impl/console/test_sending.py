"""Commands that an operator sends from the console."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from ocpi_server.console.pages._sending import COMMANDS
from tests.server_impl.console.furnished import Furnished
from tests.server_impl.console.operators import Operator, visiting
from tests.server_impl.console.test_pages import places, text_of

FORM = "/commands/new?command="


@pytest_asyncio.fixture(loop_scope="session")
async def emsp(world: Furnished) -> AsyncIterator[Operator]:
    """An operator of the eMSP."""
    async with visiting(world.emsp) as made:
        await made.enter(world.emsp, "console", "commands:write")
        yield made


async def test_a_session_is_started_from_its_location(world: Furnished, emsp: Operator) -> None:
    (place,) = places(await text_of(emsp, "/objects?module=locations&id=ber-07"))
    page = await text_of(emsp, place)
    path = f"{FORM}START_SESSION&amp;partner={world.pair.at_emsp.id}&amp;location_id=BER-07"
    assert f'href="/console{path}"' in page
    form = path.replace("&amp;", "&")
    assert 'value="BER-07"' in await text_of(emsp, form)
    fields = {"partner": world.pair.at_emsp.id, "location_id": "BER-07", "token": "token1"}
    answer = await emsp.send("/commands", form, command="START_SESSION", evse_uid="E2", **fields)
    assert answer.headers["location"] == "/console/commands?done=accepted&refresh=5", answer.text
    await world.emsp.platform.settled()
    await world.cpo.platform.settled()
    done = await emsp.get("/commands?done=accepted&refresh=5")
    assert done.headers["refresh"] == "5"
    assert "its result is awaited" in done.text
    assert "BER-07" in done.text


async def test_what_is_wrong_in_a_command_is_shown_in_its_form(
    world: Furnished, emsp: Operator
) -> None:
    partner = world.pair.at_emsp.id
    for command, fields, problem in (
        ("STOP_SESSION", {}, "STOP_SESSION needs session_id."),
        ("START_SESSION", {"token": "none", "location_id": "X1"}, "Own token none not found."),
        (
            "RESERVE_NOW",
            {"token": "token1", "location_id": "X1", "minutes": "0"},
            "not a number of minutes",
        ),
    ):
        sent = {"partner": partner, "command": command, **fields}
        answer = await emsp.send("/commands", f"{FORM}{command}", **sent)
        assert (answer.status_code, problem in answer.text) == (409, True), answer.text
        assert all(f'value="{each}"' in answer.text for each in fields.values())
    wrong = await emsp.send("/commands", FORM, partner=partner, command="RESET")
    assert "Allowed: START_SESSION" in wrong.text


async def test_a_command_that_is_refused_or_cannot_be_sent_is_listed_so(
    world: Furnished, emsp: Operator
) -> None:
    fields = {"partner": world.pair.at_emsp.id, "command": "STOP_SESSION"}
    answer = await emsp.send("/commands", f"{FORM}STOP_SESSION", session_id="UNKNOWN-1", **fields)
    done = answer.headers["location"].removeprefix("/console")
    assert "done=accepted" not in done
    page = await text_of(emsp, done)
    assert "UNKNOWN-1" in page
    row = page.partition("UNKNOWN-1")[2].partition("</tr>")[0]
    assert 'class="badge bad"' in row


async def test_only_receivers_of_commands_are_offered(world: Furnished, emsp: Operator) -> None:
    async with visiting(world.cpo) as cpo:
        await cpo.enter(world.cpo, "*")
        assert "No partner takes commands" in await text_of(cpo, "/commands/new")
        fields = {"partner": world.pair.at_cpo.id, "command": "STOP_SESSION", "session_id": "S"}
        answer = await cpo.send("/commands", "/", **fields)
        assert "cannot be sent commands" in answer.text
    for command in COMMANDS:
        assert f'value="{world.pair.at_emsp.id}"' in await text_of(emsp, f"{FORM}{command}")


@pytest.mark.parametrize("path", ["/commands/new", "/commands"])
async def test_commands_need_their_scope(world: Furnished, path: str) -> None:
    async with visiting(world.emsp) as reader:
        await reader.enter(world.emsp, "console", "partners:write")
        assert "/commands/new" not in await text_of(reader, "/commands")
        (place,) = places(await text_of(reader, "/objects?module=locations&id=ber-07"))
        assert "/commands/new" not in await text_of(reader, place)
        refused = await reader.get(path) if "new" in path else await reader.send(path, "/")
        assert refused.status_code == 403

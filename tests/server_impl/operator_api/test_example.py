"""The example of a back end that speaks HTTP only."""

import asyncio
from pathlib import Path

import pytest

from examples import operator_back_end
from ocpi_server import OperatorRules
from tests.server_impl.operator_api.back_end import BackEnd, back_ends

RULES = OperatorRules(enabled=True, charge_points=True)


def of(back_end: BackEnd) -> operator_back_end.BackEnd:
    origin = back_end.host.base_url.removesuffix("/ocpi")
    return operator_back_end.BackEnd(origin, back_end.secret)


async def test_it_runs_a_cpo_and_an_emsp(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with back_ends(tmp_path, operator=RULES, points=None) as (cpo, emsp):
        one, other = of(cpo), of(emsp)
        with one.http, other.http:
            await asyncio.to_thread(operator_back_end.main, one, other)
    assert capsys.readouterr().out.splitlines() == [
        "The eMSP has the location LOC1",
        "The eMSP has the session with 11.2 kWh",
    ]

"""What a platform reports of HTTP exchanges, those that partners begin and its own."""

from pathlib import Path
from typing import Any

from tests.server_impl.pair import CPO, EMSP, introduce, served


async def test_both_kinds_of_exchanges_are_reported(tmp_path: Path) -> None:
    began: list[Any] = []
    answered: list[Any] = []
    async with (
        served(tmp_path / "cpo", CPO, on_exchange=began.append, on_served=answered.append) as cpo,
        served(tmp_path / "emsp", EMSP) as emsp,
    ):
        pair = await introduce(cpo, emsp)
    posts = [each for each in answered if each.operation == "post_credentials"]
    assert [(each.method, each.http_status, each.partner) for each in posts] == [
        ("POST", 200, pair.at_cpo.id)
    ]
    # While the post was answered, the versions of the other side were read.
    assert {each.operation for each in began} == {"get_versions", "get_version_details"}
    assert all(each.partner is None for each in began)
    everything = repr(began + answered)
    assert cpo.platform.partners.open_token(pair.at_cpo) not in everything

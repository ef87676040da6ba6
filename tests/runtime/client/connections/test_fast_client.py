"""What the client of aiohttp refuses by itself, whatever it is asked to send."""

from typing import Any

import pytest

from ocpi_runtime.client.fast import fast_http_client
from tests.runtime.client.peers import OPEN, http_answer, raw_peer


async def _ignored(*_: Any) -> None:
    pass


@pytest.mark.parametrize("value", ["1\r\nHost: other", "1\nHost: other", "1\rHost: other"])
@pytest.mark.parametrize("place", ["header", "path"])
async def test_nothing_is_sent_where_a_line_could_be_added(place: str, value: str) -> None:
    with raw_peer(http_answer(b"{}")) as served:
        async with fast_http_client(OPEN) as http:
            request = http.build_request(
                method="GET",
                url=f"{served.base_url}/{value if place == 'path' else ''}",
                headers={"X-Request-ID": value} if place == "header" else {},
                content=None,
                extensions={"trace": _ignored},
                timeout=(5.0, 5.0, 5.0, 5.0),
            )
            with pytest.raises(ValueError, match="more than one line"):
                await http.send(request)
    assert not b"".join(served.asked)

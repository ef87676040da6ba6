"""The body of a PUT is parsed once, to be validated: storing it needs no model of it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import msgspec
import pytest

from tests.server_impl.pair import calling, location, paired
from tests.server_impl.samples import tariff

BODIES = {
    "locations": ("LOC1", location()),
    "tariffs": ("T1", tariff()),
}


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect which functions parse JSON."""
    found: list[str] = []

    def profile(frame: FrameType, event: str, called: Any) -> None:
        if event == "c_call" and isinstance(
            getattr(called, "__self__", None), msgspec.json.Decoder
        ):
            found.append(f"{frame.f_code.co_filename.rpartition('/')[2]} {frame.f_code.co_name}")

    sys.setprofile(profile)
    try:
        yield found
    finally:
        sys.setprofile(None)


@pytest.mark.parametrize("module", BODIES)
async def test_a_put_parses_its_body_once(tmp_path: Path, module: str) -> None:
    uid, body = BODIES[module]
    async with paired(tmp_path) as pair, calling(pair.emsp, pair.cpo, pair.at_cpo) as caller:
        url = pair.emsp.url("receiver", module, "NL", "CPO", uid)
        for status in (201, 200):
            with counted() as found:
                answer = await caller("PUT", url, body)
            assert answer.status_code == status, answer.text
            assert len(found) == 1, found

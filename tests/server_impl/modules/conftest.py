"""A CPO with something to be booked, for the tests of bookings."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.server_impl.booked import BookingPair, booked


@pytest_asyncio.fixture(loop_scope="session")
async def both(tmp_path: Path) -> AsyncIterator[BookingPair]:
    async with booked(tmp_path) as made:
        yield made

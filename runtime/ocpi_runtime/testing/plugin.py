"""Fixtures for pytest: ``pytest_plugins = ["ocpi_runtime.testing.plugin"]`` in a ``conftest.py``.

- ``ocpi_factory``: a :class:`Factory` with seed 0, new for each test.
- ``ocpi_full_factory``: the same, with every field that is not required.
- ``ocpi_exchanges``: the exchanges of the sessions that ``ocpi_connected`` opened.
- ``ocpi_connected``: :func:`ocpi_runtime.testing.connected`, recording its exchanges.
"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any

import pytest

from ocpi_runtime.client import Exchange
from ocpi_runtime.testing._factories import Factory
from ocpi_runtime.testing._in_process import connected

__all__ = ["ocpi_connected", "ocpi_exchanges", "ocpi_factory", "ocpi_full_factory"]


@pytest.fixture
def ocpi_factory() -> Factory:
    """Return a factory of objects with the required fields."""
    return Factory()


@pytest.fixture
def ocpi_full_factory() -> Factory:
    """Return a factory of objects with all fields."""
    return Factory(full=True)


@pytest.fixture
def ocpi_exchanges() -> list[Exchange]:
    """Return the list that ``ocpi_connected`` adds its exchanges to."""
    return []


@pytest.fixture
def ocpi_connected(
    ocpi_exchanges: list[Exchange],
) -> Callable[..., AbstractAsyncContextManager[Any]]:
    """Return ``connected`` with the exchanges recorded in ``ocpi_exchanges``."""
    return partial(connected, on_exchange=ocpi_exchanges.append)

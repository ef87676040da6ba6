"""The fixture ``ocpi_mock``: ``pytest_plugins = ["ocpi_conformance.mock.plugin"]``.

def test_busy(ocpi_mock):
    mock = ocpi_mock(v2_2_1.binding, "too-many-requests")
    import_locations(mock.versions_url, mock.settings.token)  # the client under test
    mock.check()
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from ocpi_conformance.mock._mock import Mock, MockSettings
from ocpi_conformance.mock._running import running_mock
from ocpi_conformance.mock._scenario import load_scenario
from ocpi_runtime.binding import Binding

__all__ = ["ocpi_mock"]


@pytest.fixture
def ocpi_mock() -> Iterator[Callable[..., Mock]]:
    """Return a function that serves a mock at a free port until the test ends.

    It takes the binding of a version, names or files of scenarios, and the attributes of
    :class:`ocpi_conformance.mock.MockSettings` as keywords.
    """
    with ExitStack() as stack:

        def start(binding: Binding[Any, Any], *scenarios: str, **settings: Any) -> Mock:
            chosen = [load_scenario(one) for one in scenarios]
            return stack.enter_context(running_mock(binding, MockSettings(**settings), chosen))

        yield start

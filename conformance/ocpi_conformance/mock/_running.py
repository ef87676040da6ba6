"""A mock that serves in its own thread while a block runs."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

from ocpi_conformance.mock._control import MockApplication
from ocpi_conformance.mock._mock import Mock, MockSettings
from ocpi_conformance.mock._scenario import Scenario
from ocpi_conformance.mock._serving import listening_socket, served
from ocpi_runtime.binding import Binding

__all__ = ["mock_at", "running_mock"]


@contextmanager
def running_mock(
    binding: Binding[Any, Any],
    settings: MockSettings | None = None,
    scenarios: Sequence[Scenario] = (),
) -> Iterator[Mock]:
    """Serve a mock at a free port of this machine until the block ends.

    Args:
        binding: The version that it speaks.
        settings: What it is.
        scenarios: What it does wrong.
    """
    with mock_at("127.0.0.1", 0, binding, settings, scenarios) as mock:
        yield mock


@contextmanager
def mock_at(
    host: str,
    port: int,
    binding: Binding[Any, Any],
    settings: MockSettings | None = None,
    scenarios: Sequence[Scenario] = (),
    *,
    public_url: str | None = None,
) -> Iterator[Mock]:
    """Serve a mock at an address until the block ends.

    Args:
        host: Where to listen.
        port: The port; 0 takes a free one.
        binding: The version that it speaks.
        settings: What it is.
        scenarios: What it does wrong.
        public_url: How clients reach it, without path; by default as it listens.

    Raises:
        OSError: The address is in use, or does not belong to this machine.
    """
    with closing(listening_socket(host, port)) as listener:
        shown = f"[{host}]" if ":" in host else host
        origin = (public_url or f"http://{shown}:{listener.getsockname()[1]}").rstrip("/")
        mock = Mock(binding, f"{origin}/ocpi", settings, scenarios)
        with served(MockApplication(mock), listener):
            yield mock

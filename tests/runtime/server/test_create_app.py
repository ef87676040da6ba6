"""What cannot be mounted is refused at start."""

import pytest

from ocpi_runtime.server import create_app
from tests.runtime.server.memory import Sender, authenticate


@pytest.mark.parametrize("base_url", ["", "/ocpi", "ftp://x", "http://x/?a=1", "example.com"])
def test_base_url_must_be_absolute(base_url: str) -> None:
    with pytest.raises(ValueError, match="base_url must be absolute"):
        create_app([Sender()], authenticate=authenticate, base_url=base_url)


def test_two_handlers_for_one_interface() -> None:
    with pytest.raises(ValueError, match=r"locations\.sender\.json of 2\.2\.1 has two handlers"):
        create_app([Sender(), Sender()], authenticate=authenticate, base_url="http://x")


def test_no_handler() -> None:
    with pytest.raises(ValueError, match="No handlers"):
        create_app([], authenticate=authenticate, base_url="http://x")

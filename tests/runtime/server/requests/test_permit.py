"""An application decides which partner may call which operation before handlers do."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import httpx2
import pytest

from ocpi_runtime.errors import GenericClientError
from ocpi_runtime.operations import Interface, Operation
from ocpi_runtime.server import Partner, create_app
from tests.runtime.server.conftest import TOKEN
from tests.runtime.server.memory import Receiver, Sender, authenticate, location_json
from tests.support.serving import serving


@dataclass
class Rules:
    """Refuses everything but reading, and takes the partner its parties."""

    asked: list[tuple[str, str, str]] = field(default_factory=list)

    def __call__(self, partner: Partner, interface: Interface, operation: Operation) -> Partner:
        self.asked.append((interface.module, interface.name, operation.id))
        if operation.method != "GET":
            raise GenericClientError(f"{partner.id} may not call {operation.id}.")
        return replace(partner, parties=frozenset())


@dataclass
class Made:
    """The application on a socket."""

    base_url: str
    rules: Rules
    sender: Sender
    receiver: Receiver


@pytest.fixture
def made() -> Iterator[Made]:
    rules, sender, receiver = Rules(), Sender(), Receiver()
    handlers = [sender, receiver]
    with serving(
        lambda base_url: create_app(
            handlers, authenticate=authenticate, base_url=base_url, permit=rules
        )
    ) as base_url:
        yield Made(base_url, rules, sender, receiver)


def ask(made: Made, method: str, path: str, content: bytes | None = None) -> httpx2.Response:
    headers = {"Authorization": TOKEN, "Content-Type": "application/json"}
    return httpx2.request(method, made.base_url + path, headers=headers, content=content)


@pytest.mark.parametrize("body", [location_json(), b"{}", b"no json"])
def test_what_is_refused_reaches_no_handler_whatever_its_body(made: Made, body: bytes) -> None:
    answer = ask(made, "PUT", "/2.2.1/receiver/locations/NL/TNM/LOC1", body)
    assert (answer.status_code, answer.json()["status_code"]) == (200, 2000)
    assert "partner may not call put_location" in answer.json()["status_message"]
    assert not made.receiver.stored
    assert made.rules.asked == [("locations", "receiver", "put_location")]


def test_a_handler_sees_the_partner_as_the_rules_return_it(made: Made) -> None:
    assert ask(made, "GET", "/2.2.1/sender/locations").json()["status_code"] == 1000
    assert made.sender.contexts[0].partner.id == "partner"
    assert not made.sender.contexts[0].partner.parties


def test_an_unknown_token_is_refused_before_the_rules_are_asked(made: Made) -> None:
    answer = httpx2.get(
        f"{made.base_url}/2.2.1/sender/locations", headers={"Authorization": "Token bm9uZQ=="}
    )
    assert answer.status_code == 401
    assert not made.rules.asked

"""A session that a command begins, for requests that are about one."""

from collections.abc import Iterator
from contextlib import contextmanager

from ocpi_conformance.check._interface import CheckedInterface
from ocpi_conformance.check._registry import Stopped
from ocpi_conformance.check.checks.later._asking import ask
from ocpi_conformance.check.checks.later._bodies import commands_of, find_session

__all__ = ["begun_session"]


@contextmanager
def begun_session(place: CheckedInterface) -> Iterator[str]:
    """Begin a session by START_SESSION, and stop it after the block; return its id.

    Raises:
        Stopped: None could be begun.
    """
    receiver = place.sibling("commands", "receiver")
    if receiver is None:
        raise Stopped("The party takes no commands, so that no session can be begun.")
    about = commands_of(receiver)
    started = ask(receiver, about.operation("START_SESSION"), body=about.body("START_SESSION"))
    if not started.accepted:
        raise Stopped(f"START_SESSION was not accepted: {started.summary()}.")
    started.result()
    session = find_session(receiver, about.token)
    if session is None:
        raise Stopped("The session that START_SESSION began is not listed.")
    name = str(session.get("id"))
    try:
        yield name
    finally:
        stop = about.body("STOP_SESSION", session_id=name)
        ask(receiver, about.operation("STOP_SESSION"), body=stop).result()

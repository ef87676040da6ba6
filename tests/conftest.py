"""What all tests share."""

import gc
from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import settings
from typer.main import get_command

from tests.server_impl.nodes import NODES
from tests.support.longest import place

# The same cases in every run, and no failure because a machine is busy.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

gc.disable()  # until all is collected: nothing of it is garbage


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the files that take longest first; the others stay as they were collected."""
    items.sort(key=lambda item: place(item.path))
    for item in items:
        mark = item.get_closest_marker("one_node")
        if mark is not None and NODES > 1:
            item.add_marker(pytest.mark.skip(reason=mark.kwargs["reason"]))


def pytest_collection_finish() -> None:
    """Exempt all that was collected from garbage collection: it stays to the end anyway.

    What comes later is looked at as often as in a server that is prepared for long use: a tenth of
    the time of tests goes into it otherwise.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 30, 10)
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def commands_are_made_once() -> Iterator[None]:
    """Keep what typer makes of a command line: it does so at each call, in 40 ms for all of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("typer.testing._get_command", cache(get_command))
        yield

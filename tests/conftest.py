"""What all tests share."""

import gc

import pytest
from hypothesis import settings

from tests.server_impl.nodes import NODES
from tests.support.longest import place

# The same cases in every run, and no failure because a machine is busy.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the files that take longest first; the others stay as they were collected."""
    items.sort(key=lambda item: place(item.path))
    for item in items:
        mark = item.get_closest_marker("one_node")
        if mark is not None and NODES > 1:
            item.add_marker(pytest.mark.skip(reason=mark.kwargs["reason"]))


def pytest_collection_finish() -> None:
    """Exempt all that was collected from garbage collection: it stays to the end anyway."""
    gc.collect()
    gc.freeze()

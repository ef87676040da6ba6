"""A store on the database of a test."""

import pytest

from ocpi_server.store import (
    Database,
    ObjectStore,
)


@pytest.fixture
def store(database: Database) -> ObjectStore:
    return ObjectStore(database)

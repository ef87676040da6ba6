"""Rooms of the platform stay small: few files in a folder, few lines in a file."""

from collections import Counter
from pathlib import Path

from tests.support.markdown import REPOSITORY

PLATFORM = REPOSITORY / "server_impl" / "ocpi_server"
MIGRATIONS = PLATFORM / "store" / "database" / "migrations" / "versions"
"""Alembic reads one folder, and releases add to it."""


def files() -> list[Path]:
    """List the modules of the platform."""
    return sorted(PLATFORM.rglob("*.py"))


def test_no_folder_of_the_platform_has_more_than_15_files() -> None:
    found = Counter(path.parent for path in files())
    assert len(found) > 20
    assert {str(folder): count for folder, count in found.items() if count > 15} == {
        str(MIGRATIONS): found[MIGRATIONS]
    }


def test_no_file_of_the_platform_has_more_than_300_lines() -> None:
    lengths = {str(path): len(path.read_text("utf-8").splitlines()) for path in files()}
    assert {path: length for path, length in lengths.items() if length > 300} == {}

"""Rooms stay small: few files in a folder, few lines in a file."""

from collections import Counter
from pathlib import Path

from tests.support.longest import LONGEST
from tests.support.markdown import REPOSITORY

WRITTEN = (
    "audit", "bench", "bridge", "conformance", "examples", "generator", "pricing", "runtime",
    "server_impl", "tests",
)  # fmt: skip
"""All folders with code that is written by hand."""

MIGRATIONS = (
    REPOSITORY / "server_impl" / "ocpi_server" / "store" / "database" / "migrations" / "versions"
)
"""Alembic reads one folder, and releases add to it."""


def files() -> list[Path]:
    """List the modules that are written by hand."""
    found = [path for folder in WRITTEN for path in sorted((REPOSITORY / folder).rglob("*.py"))]
    return [path for path in found if "build" not in path.relative_to(REPOSITORY).parts]


def test_no_folder_has_more_than_15_files() -> None:
    found = Counter(path.parent for path in files())
    assert len(found) > 100
    assert {str(folder): count for folder, count in found.items() if count > 15} == {
        str(MIGRATIONS): found[MIGRATIONS]
    }


def test_no_file_has_more_than_300_lines() -> None:
    lengths = {str(path): len(path.read_text("utf-8").splitlines()) for path in files()}
    assert {path: length for path, length in lengths.items() if length > 300} == {}


def test_the_files_that_run_first_are_there() -> None:
    assert [str(path) for path in LONGEST if not path.is_file()] == []
    assert len({*LONGEST}) == len(LONGEST)

"""Docs/guides/new-version.md is done word by word, in a copy of the repository."""

from pathlib import Path

from tests.generator.walk import Walk, copy_of_repository
from tests.support.markdown import REPOSITORY

GUIDE = REPOSITORY / "docs" / "guides" / "new-version.md"


def test_a_new_version_speaks_after_the_guide(tmp_path: Path) -> None:
    copy = copy_of_repository(tmp_path)
    rooms = [path.parent for path in sorted(copy.glob("*/pyproject.toml"))]
    assert Walk(copy, rooms, "build/*.py").follow(GUIDE)

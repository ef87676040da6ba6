"""Docs/guides/overlay.md is done word by word, beside a copy of the repository."""

from pathlib import Path

from tests.generator.tinyspec import files
from tests.generator.walk import Walk, copy_of_repository
from tests.support.markdown import REPOSITORY

GUIDE = REPOSITORY / "docs" / "guides" / "overlay.md"


def test_an_overlay_speaks_after_the_guide_and_the_repository_is_not_touched(
    tmp_path: Path,
) -> None:
    copy = copy_of_repository(tmp_path)
    before = files(copy)
    own = tmp_path / "acme"
    own.mkdir()
    rooms = [path.parent for path in sorted(copy.glob("*/pyproject.toml"))]
    assert Walk(own, rooms, "src/*.py").follow(GUIDE)
    assert files(copy) == before

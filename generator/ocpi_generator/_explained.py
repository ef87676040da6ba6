"""Failures explained: what lint says, where documents are why something fails."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ocpi_generator._problems import Refused

__all__ = ["explained"]


@contextmanager
def explained(
    root: Path, versions: Iterable[str] | None, *, spared: tuple[type[Exception], ...] = ()
) -> Iterator[None]:
    """Refuse with file and line where something fails and lint knows why.

    Documents are worked with while lint still has something to say, such as a missing link. What
    it says is all the more of use when they cannot be.

    Args:
        root: The folder of the documents.
        versions: Which versions are worked with; all if not given.
        spared: What documents are never the reason of.

    Raises:
        Refused: The documents are broken.
    """
    try:
        yield
    except Exception as error:
        if isinstance(error, (Refused, *spared)):
            raise
        from ocpi_generator.lint import lint  # noqa: PLC0415 - slow to import

        problems = lint(root, versions)
        if problems:
            raise Refused(problems) from error
        raise

"""hypothesis kept to itself."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from hypothesis.errors import HypothesisWarning
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

__all__ = ["isolated_hypothesis"]


@contextmanager
def isolated_hypothesis() -> Iterator[None]:
    """Keep hypothesis to itself while the block runs.

    Its advice to authors of tests is not for people who run a fuzzer. And it would draw constants
    from whatever modules the process has imported, so that a seed would not ask the same again.
    """
    drawn_from = providers._get_local_constants  # noqa: SLF001 - there is no setting for it
    providers._get_local_constants = Constants  # noqa: SLF001 - gives none
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", HypothesisWarning)
            yield
    finally:
        providers._get_local_constants = drawn_from  # noqa: SLF001

"""What a long-lived process does before its first conversion."""

from collections.abc import Collection
from contextlib import suppress

from ocpi_bridge._conversion.step import step_between
from ocpi_bridge._errors import NotConvertible
from ocpi_bridge.versions import CONVERTIBLE, VERSIONS, class_in, path_between
from ocpi_runtime import codec

__all__ = ["prepare"]


def prepare(versions: Collection[str]) -> None:
    """Import and compile what conversions between versions need.

    The first conversion then takes no longer than the next: without it up to 0.1 s.

    Args:
        versions: Some of ``VERSIONS``; those between them are prepared too.
    """
    spoken = [version for version in VERSIONS if version in versions]
    if not spoken:
        return
    steps = path_between(spoken[0], spoken[-1])
    for old, new in steps:
        step_between(old, new)
        step_between(new, old)
    for version in {*spoken, *(each for step in steps for each in step)}:
        for kind in CONVERTIBLE:
            with suppress(NotConvertible):
                codec.prepare(class_in(version, kind))

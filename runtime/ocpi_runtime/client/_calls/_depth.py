"""How deeply the JSON of a short answer may be nested; of a long one it is found out with its data.

In a crawl this costs one object: there, each object is looked at by itself.
"""

from typing import Final

from ocpi_runtime._codec.depth import is_deeper
from ocpi_runtime.client._options import Limits
from ocpi_runtime.errors import LimitExceeded

__all__ = ["AT_ONCE", "depth_fault"]

AT_ONCE: Final = 64 * 1024
"""Bytes up to which an answer is short."""


def depth_fault(body: bytes, limits: Limits) -> LimitExceeded | None:
    """Return the error for a short answer that is nested too deeply; None if it is not."""
    if len(body) <= AT_ONCE and is_deeper(body, limits.depth):
        return LimitExceeded(f"The answer is nested in more than {limits.depth} levels.")
    return None

"""What a process that serves or calls peers for long does once, when all is loaded."""

import ctypes
import gc
from typing import Final

__all__ = ["prepare_process"]

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # of malloc.h
_LARGE_BLOCK: Final = 1024 * 1024
_KEPT: Final = 4 * 1024 * 1024
# Collections of new objects, of younger and of older ones. A large body becomes a hundred thousand
# arrays and objects; by default all of them are visited, all at once, while it is parsed.
_THRESHOLDS: Final = (10_000, 30, 10)


def prepare_process() -> None:
    """Keep collections of garbage short, and memory small after large bodies and answers.

    What was loaded so far is not looked at by collections any more (``gc.freeze``), and what came
    later less often. Blocks of more than 1 MB return to the system as soon as they are free; by
    itself glibc keeps up to 64 MB of them, in fragments between what is in use. Other C libraries
    stay as they are.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # not glibc
        return
    mallopt(_MMAP_THRESHOLD, _LARGE_BLOCK)
    mallopt(_TRIM_THRESHOLD, _KEPT)

"""A prepared process returns large blocks of memory and does not look at what was loaded."""

import ctypes
import subprocess
import sys

import pytest

PROGRAM = """
import ctypes, gc
from ocpi_runtime.process import prepare_process

class Info(ctypes.Structure):
    names = "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost".split()
    _fields_ = [(name, ctypes.c_size_t) for name in names]

library = ctypes.CDLL(None)
library.mallinfo2.restype = Info

def blocks(size):
    large = bytes(size)
    return library.mallinfo2().hblks

bytes(16_000_000)  # glibc takes smaller blocks from its heap from now on
before = blocks(1_500_000)
prepare_process()
frozen = gc.get_freeze_count() > 1000
print(blocks(12_000_000) - before, frozen, gc.get_threshold()[0] > 700)
"""


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or not hasattr(ctypes.CDLL(None), "mallinfo2"),
    reason="it is glibc that keeps large blocks",
)
def test_large_blocks_return_to_the_system() -> None:
    done = subprocess.run(  # noqa: S603 - a program of ours
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["1", "True", "True"]

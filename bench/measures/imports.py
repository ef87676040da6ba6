"""What importing the models of one version costs beyond msgspec."""

import subprocess
import sys
from statistics import median
from typing import Any, Final

__all__ = ["TARGETS", "measure"]

_VERSIONS: Final = ("v2_0", "v2_1_1", "v2_2", "v2_2_1", "v2_3_0")
TARGETS: Final = {f"{version}_ms_at_most": 20.0 for version in _VERSIONS} | {
    # 2.3.0 has half as many classes again as 2.2.1, because of its extensions.
    "v2_3_0_ms_at_most": 30.0
}


def measure(rounds: int) -> dict[str, Any]:
    """Return the median CPU time in milliseconds for each version, each in new processes."""
    return {
        f"{version}_ms": round(median(_milliseconds(version) for _ in range(rounds)), 1)
        for version in _VERSIONS
    }


def _milliseconds(version: str) -> float:
    code = (
        "import msgspec, time; start = time.process_time();"
        f"from ocpi_bindings.{version}.models import Location;"
        "print((time.process_time() - start) * 1000)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - code of ours
    return float(done.stdout)

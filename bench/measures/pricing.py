"""What `ocpi price --batch` does in a second."""

import time
from decimal import Decimal
from typing import Any, Final

from bench.cdrs import cdrs
from ocpi_pricing._command_line._batch import price_all

__all__ = ["TARGETS", "measure"]

TARGETS: Final = {"cdrs_a_second_of_cpu_at_least": 500.0}
_VERSIONS: Final = ("2.1.1", "2.2", "2.2.1", "2.3.0")
_TOTAL: Final = 10_000


def measure(rounds: int) -> dict[str, Any]:
    """Price 10,000 made-up CDRs of all versions, each with one of 200 tariffs in it.

    Args:
        rounds: Of no account: there is enough of them in one.
    """
    del rounds
    texts = [text for one in _VERSIONS for text in cdrs(_TOTAL // len(_VERSIONS), version=one)]
    wall, used = time.perf_counter(), time.process_time()
    summary = price_all(texts, (), version=None, zone="Europe/Amsterdam", tolerance=Decimal("0.01"))
    wall, used = time.perf_counter() - wall, time.process_time() - used
    return {
        "cdrs": summary.cdrs,
        "agree": summary.agree,
        "cdrs_a_second": round(summary.cdrs / wall),
        "cdrs_a_second_of_cpu": round(summary.cdrs / used),
    }

"""``python -m tests.hostile --count 5000``: hostile shapes against server and client.

Prints figures as JSON; ends with 1 where a limit was passed or an answer was not clean.
"""

import argparse
import json
import sys
from collections.abc import Callable
from functools import partial
from typing import Final

from tests.hostile.client import attack_client
from tests.hostile.report import Report
from tests.hostile.server import attack_server

__all__ = ["main"]

_WAIT: Final = 0.2
_MEMORY: Final = 100.0
_ATTACKS: Final[dict[str, Callable[[range], Report]]] = {
    "server": partial(attack_server, warm=True),
    "client": attack_client,
}


def main() -> int:
    """Run the attacks and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile", description=__doc__)
    parser.add_argument("--count", type=int, default=500, help="shapes in all, half for each side")
    parser.add_argument("--seed", type=int, default=0, help="where the shapes begin")
    parser.add_argument("--only", choices=_ATTACKS, help="one side alone")
    given = parser.parse_args()
    sides = [given.only] if given.only else list(_ATTACKS)
    seeds = range(given.seed, given.seed + given.count // len(sides))
    reports = {side: _ATTACKS[side](seeds) for side in sides}
    shown = {side: report.as_data() for side, report in reports.items()}
    sys.stdout.write(json.dumps(shown, indent=2) + "\n")
    return 1 if any(map(_is_bad, reports.values())) else 0


def _is_bad(report: Report) -> bool:
    held = max(report.held, report.waited)
    return bool(report.faults) or held > _WAIT or report.grown > _MEMORY


if __name__ == "__main__":
    sys.exit(main())

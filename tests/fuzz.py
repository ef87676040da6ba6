"""``make fuzz``: the reference platform on loopback, every bundle of it fuzzed.

Run as ``python -m tests.fuzz``. The small run in ``tests/conformance`` does the same with less.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from ocpi_conformance.fuzz import Budget, Report, fuzz
from ocpi_conformance.fuzz.show import print_report, watching
from tests.conformance.subject import subject

_CASES = 16_000
_SECONDS = 870.0


def fuzzed(budget: Budget, talk: Console) -> Report:
    """Serve the platform and fuzz all its bundles."""
    with (
        tempfile.TemporaryDirectory() as directory,
        subject(Path(directory)) as made,
        watching(talk) as progress,
    ):
        return fuzz(made.targets, made.knowledge, budget, progress=progress)


def main() -> int:
    """Give 1 where anything is found, warnings too, or anything was left out."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=_CASES, help="about how many requests")
    parser.add_argument("--seed", type=int, default=1, help="the same seed asks the same")
    parser.add_argument("--max-seconds", type=float, default=_SECONDS, help="when to stop")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    given = parser.parse_args()
    talk = Console(stderr=True, soft_wrap=True, highlight=False)
    budget = Budget(cases=given.cases, seconds=given.max_seconds, seed=given.seed)
    report = fuzzed(budget, talk)
    if given.json:
        sys.stdout.write(json.dumps(report.as_data(), indent=2) + "\n")
    else:
        print_report(report, Console(highlight=False), talk)
    return 1 if report.findings or report.problems else 0


if __name__ == "__main__":
    raise SystemExit(main())

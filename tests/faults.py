"""All faults, each in all its versions: ``python -m tests.faults [--version V] [NAME...]``.

``make pytest`` tries each in one version. With ``--json`` every fault is tried in every version
that is named, and the rules are printed that found it. With ``--mutate`` the verdicts of the rules
that are named are dropped and turned round, one at a time, and those are printed that no fault and
no correct platform notices; without names those of all rules, which takes some minutes.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from ocpi_conformance.coverage import FaultDescription, load_faults
from tests.conformance.faults.checked_platforms import CheckedPlatforms
from tests.conformance.faults.mutation import mutate

_VERSIONS: Final = ("2.0", "2.1.1", "2.2", "2.2.1", "2.3.0")


def main(words: Sequence[str] | None = None) -> int:
    """Return 0 where each fault was found by its rule, else 1."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--version", action="append", choices=_VERSIONS)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--mutate", action="store_true")
    parser.add_argument("names", nargs="*")
    given = parser.parse_args(words)
    by_check = [one for one in load_faults() if one.found_by == "check"]
    wanted = [one for one in by_check if not given.names or one.name in given.names]
    versions = given.version or list(_VERSIONS)
    missed = 0
    with tempfile.TemporaryDirectory() as directory:
        stages = CheckedPlatforms(Path(directory))
        try:
            if given.mutate:
                return 1 if mutate(stages, given.names, _print) else 0
            for fault, version, rules in _runs(stages, wanted, versions, every=given.json):
                is_found = fault.rule in rules
                missed += not is_found
                if given.json:
                    line = {"fault": fault.name, "version": version, "rules": sorted(rules)}
                    sys.stdout.write(json.dumps(line) + "\n")
                elif not is_found:
                    other = ", ".join(sorted(rules)) or "none"
                    sys.stdout.write(f"{version} {fault.name}: {fault.rule}; found by {other}\n")
                sys.stdout.flush()
        finally:
            stages.close()
    return 1 if missed else 0


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _runs(
    stages: CheckedPlatforms,
    wanted: Sequence[FaultDescription],
    versions: Sequence[str],
    *,
    every: bool,
) -> Iterator[tuple[FaultDescription, str, set[str]]]:
    for version in versions:
        for fault in wanted:
            if every or version in fault.versions:
                yield fault, version, stages.found(fault, version, every=every)


if __name__ == "__main__":
    sys.exit(main())

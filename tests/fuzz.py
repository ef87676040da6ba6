"""``make fuzz``: the reference platform on loopback, every bundle of every version fuzzed.

Run as ``python -m tests.fuzz``. Each subject is fuzzed in a process of its own, two at a time. The
small run in ``tests/conformance`` does the same with less.
"""

import argparse
import json
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed, wait
from contextlib import contextmanager
from multiprocessing import active_children, get_context
from multiprocessing.synchronize import Event
from pathlib import Path
from time import monotonic

from rich.console import Console
from rich.table import Table

from ocpi_conformance.fuzz import Budget, Fuzzing, FuzzResult, run_interruptibly
from ocpi_conformance.fuzz.show import print_findings
from tests.support.fuzz_plans import SUBJECTS, Plan
from tests.support.fuzz_subject import subject

_CASES = 24_000
_SECONDS = 1380.0
_PROCESSES = 2
_INTERRUPTED = 130
_GRACE_SECONDS = 1.3

_stop: Event | None = None

Reports = dict[Plan, FuzzResult]


def fuzzed(
    plan: Plan, budget: Budget, *, is_over: Callable[[], bool] = lambda: False
) -> FuzzResult:
    """Serve a platform and fuzz all its bundles, until that is over."""
    with tempfile.TemporaryDirectory() as directory, subject(Path(directory), plan) as made:
        fuzzing = Fuzzing(made.targets, made.knowledge, budget)
        return run_interruptibly(fuzzing, is_over=is_over)[0]


def main() -> int:
    """Return 1 where anything is found, warnings too, or left out; 130 after Ctrl-C."""
    given = _arguments()
    plans = [one for one in SUBJECTS if not given.version or one.version in given.version]
    out, stderr = Console(highlight=False), Console(stderr=True, soft_wrap=True, highlight=False)
    began = monotonic()
    reports, interrupted = _all(plans, given, stderr)
    if given.json:
        data = {str(plan): report.as_data() for plan, report in reports.items()}
        sys.stdout.write(json.dumps(data, indent=2) + "\n")
    else:
        for report in reports.values():
            print_findings(report, out, stderr)
        out.print(_versions(reports))
        out.print(_kinds(reports))
    whole = () if interrupted else plans
    unreached = [f"{plan}: {one}" for plan in whole for one in left_out(reports[plan])]
    for one in unreached:
        stderr.print(f"no request reached success: {one}")
    cases = sum(one.cases for one in reports.values())
    found = sum(len(one.findings) for one in reports.values())
    stderr.print(
        f"{cases} cases in {monotonic() - began:.0f} s, seed {given.seed}, {found} findings"
    )
    if interrupted:
        stderr.print("Interrupted; this was found so far.")
        return _INTERRUPTED
    return 1 if found or unreached or any(one.problems for one in reports.values()) else 0


def left_out(report: FuzzResult) -> Iterator[str]:
    """Report operations that no request reached, and sequences that never ended."""
    for target, operations in report.tallies.items():
        yield from (f"{target} {name}" for name, one in operations.items() if not one.reached)
    for target, sequences in report.sequence_results.items():
        yield from (f"{target} {name}" for name, one in sequences.items() if not one.completed)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=_CASES, help="about how many requests")
    parser.add_argument("--seed", type=int, default=1, help="the same seed asks the same")
    parser.add_argument("--max-seconds", type=float, default=_SECONDS, help="when to stop")
    parser.add_argument("--version", action="append", help="only this version; repeatable")
    parser.add_argument("--processes", type=int, default=_PROCESSES, help="how many at a time")
    parser.add_argument("--json", action="store_true", help="print the reports as JSON")
    return parser.parse_args()


def _all(plans: Sequence[Plan], given: argparse.Namespace, stderr: Console) -> tuple[Reports, bool]:
    """Fuzz all subjects, those first that take longest; return whether Ctrl-C came between."""
    weights = {plan: _weight(plan) for plan in plans}
    whole, end = sum(weights.values()), monotonic() + given.max_seconds
    context = get_context("spawn")
    stop = context.Event()
    pool = ProcessPoolExecutor(given.processes, context, _begin, (stop,))
    with _ignoring_interrupts():  # as do the processes that are started here
        running = {
            pool.submit(_one, plan, int(given.cases * weights[plan] / whole), given.seed, end): plan
            for plan in sorted(plans, key=lambda one: -weights[one])
        }
    interrupted = False
    try:
        for done in as_completed(running):
            plan, report = running[done], done.result()
            found = len(report.findings)
            stderr.print(
                f"{plan}: {report.cases} cases, {report.report.seconds:.0f} s, {found} findings"
            )
    except KeyboardInterrupt:
        interrupted = True
        stop.set()
        pool.shutdown(wait=False, cancel_futures=True)
        wait(running, timeout=_GRACE_SECONDS)
    ended = {running[one]: one for one in running if one.done() and not one.cancelled()}
    reports = {plan: ended[plan].result() for plan in plans if plan in ended}
    for process in active_children():
        process.kill()
    return reports, interrupted


@contextmanager
def _ignoring_interrupts() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _begin(stop: Event) -> None:
    """Remember, in a process of the pool, what ends its work."""
    global _stop  # noqa: PLW0603 - the only way from an initializer to the work
    _stop = stop


def _one(plan: Plan, cases: int, seed: int, end: float) -> FuzzResult:
    # The clock is that of the machine, the same in all processes.
    budget = Budget(cases=cases, seconds=max(0, end - monotonic()), seed=seed)
    return fuzzed(plan, budget, is_over=_stop.is_set if _stop else lambda: False)


def _weight(plan: Plan) -> int:
    return 2 if plan.role is None else 1


def _versions(reports: Reports) -> Table:
    table = Table("version", box=None, pad_edge=False)
    for name in ("bundles", "operations", "cases", "valid", "reached", "seconds", "findings"):
        table.add_column(name, justify="right")
    for plan, report in reports.items():
        tallies = [one for operations in report.tallies.values() for one in operations.values()]
        numbers = (
            len(report.tallies),
            len(tallies),
            report.cases,
            sum(one.valid for one in tallies),
            sum(one.reached for one in tallies),
            round(report.report.seconds),
            len(report.findings),
        )
        table.add_row(str(plan), *map(str, numbers))
    return table


def _kinds(reports: Reports) -> Table:
    runs, whole, requests = Counter[str](), Counter[str](), Counter[str]()
    for report in reports.values():
        for sequences in report.sequence_results.values():
            for one in sequences.values():
                runs[one.kind] += one.runs
                whole[one.kind] += one.completed
                requests[one.kind] += one.requests
    table = Table("sequence", box=None, pad_edge=False)
    for name in ("runs", "completed", "requests"):
        table.add_column(name, justify="right")
    for kind in runs:
        table.add_row(kind, *map(str, (runs[kind], whole[kind], requests[kind])))
    return table


if __name__ == "__main__":
    raise SystemExit(main())

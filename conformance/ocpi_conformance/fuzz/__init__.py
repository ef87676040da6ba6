"""Fuzzing of an OCPI party: requests made from the bundles, answers checked by rules.

targets = [*targets_of(v2_2_1.binding, peer.endpoints, token)]
report = fuzz(targets, Knowledge(own=PartyId("NL", "TNM")), Budget(cases=5000, seed=1))
for finding in report.findings:
    ...
"""

from ocpi_conformance.exchanges.listener import Listener, listening
from ocpi_conformance.exchanges.target import Target, targets_of
from ocpi_conformance.exchanges.wire import Answer, RecordedExchange, SentRequest
from ocpi_conformance.fuzz._findings import Finding
from ocpi_conformance.fuzz._interrupt import run_interruptibly
from ocpi_conformance.fuzz._knowledge import Knowledge
from ocpi_conformance.fuzz._report import Report
from ocpi_conformance.fuzz._run import Budget, Fuzzing, Progress, fuzz
from ocpi_conformance.fuzz._session import OperationCounts
from ocpi_conformance.fuzz.sequences import SequenceResult
from ocpi_conformance.rules import Fault

__all__ = [
    "Answer",
    "Budget",
    "Fault",
    "Finding",
    "Fuzzing",
    "Knowledge",
    "Listener",
    "OperationCounts",
    "Progress",
    "RecordedExchange",
    "Report",
    "SentRequest",
    "SequenceResult",
    "Target",
    "fuzz",
    "listening",
    "run_interruptibly",
    "targets_of",
]

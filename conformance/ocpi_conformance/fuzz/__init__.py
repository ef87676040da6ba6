"""Fuzzing of an OCPI party: requests made from the bundles, answers checked by rules.

targets = [*targets_of(v2_2_1.binding, peer.endpoints, token)]
result = fuzz(targets, Knowledge(own=PartyId("NL", "TNM")), Budget(cases=5000, seed=1))
for finding in result.report.findings:
    ...
"""

from ocpi_conformance.exchanges.listener import Listener, listening
from ocpi_conformance.exchanges.target import Target, targets_of
from ocpi_conformance.exchanges.wire import Answer, RecordedExchange, SentRequest
from ocpi_conformance.fuzz._budget import Budget, Progress
from ocpi_conformance.fuzz._interrupt import run_interruptibly
from ocpi_conformance.fuzz._knowledge import Knowledge
from ocpi_conformance.fuzz._result import FuzzResult
from ocpi_conformance.fuzz._run import Fuzzing, fuzz
from ocpi_conformance.fuzz._session import OperationCounts
from ocpi_conformance.fuzz.sequences import SequenceResult

__all__ = [
    "Answer",
    "Budget",
    "FuzzResult",
    "Fuzzing",
    "Knowledge",
    "Listener",
    "OperationCounts",
    "Progress",
    "RecordedExchange",
    "SentRequest",
    "SequenceResult",
    "Target",
    "fuzz",
    "listening",
    "run_interruptibly",
    "targets_of",
]

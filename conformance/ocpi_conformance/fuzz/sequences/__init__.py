"""Sequences of requests, in which an answer depends on what was asked before."""

from ocpi_conformance.fuzz.sequences._drive import (
    Sequence,
    SequenceResult,
    run_sequence,
    sequence_context,
    sequences_of,
)
from ocpi_conformance.fuzz.sequences._sequence_run import SequenceContext

__all__ = [
    "Sequence",
    "SequenceContext",
    "SequenceResult",
    "run_sequence",
    "sequence_context",
    "sequences_of",
]

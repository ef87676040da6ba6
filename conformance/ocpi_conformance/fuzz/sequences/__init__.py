"""Sequences of requests, in which an answer depends on what was asked before."""

from ocpi_conformance.fuzz.sequences.drive import Played, Sequence, play, scene_of, sequences_of

__all__ = ["Played", "Sequence", "play", "scene_of", "sequences_of"]

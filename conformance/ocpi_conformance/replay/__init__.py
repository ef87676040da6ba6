"""Recorded exchanges, judged without a live party, or sent again to another one."""

from ocpi_conformance.replay._again import OtherParty, send_again
from ocpi_conformance.replay._called import KnownEndpoints
from ocpi_conformance.replay._checker import RuleChecker
from ocpi_conformance.replay._log import LogInvalid, Recording, read_log

__all__ = [
    "KnownEndpoints",
    "LogInvalid",
    "OtherParty",
    "Recording",
    "RuleChecker",
    "read_log",
    "send_again",
]

"""Requests drawn from bundles: values of leaf schemas from schemathesis, combined here."""

from ocpi_conformance.fuzz.drawing._composer import Composer, Draws
from ocpi_conformance.fuzz.drawing._pools import Pools
from ocpi_conformance.fuzz.drawing._requests import Requests

__all__ = ["Composer", "Draws", "Pools", "Requests"]

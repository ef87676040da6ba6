"""The former address of ``ocpi_pricing``, for callers that still import it from here."""

from importlib import import_module
from typing import Any


def __getattr__(name: str) -> Any:
    try:
        pricing = import_module("ocpi_pricing")
    except ModuleNotFoundError as error:
        raise ImportError("Pricing is a package of its own: pip install ocpi-pricing") from error
    return getattr(pricing, name)

"""The package by itself: what it needs, and its former address."""

import sys
from pathlib import Path

import pytest

import ocpi_pricing
from tests.support.cleanroom import make_clean_room

USE = """
from datetime import UTC, datetime
from decimal import Decimal
from importlib.util import find_spec
from types import SimpleNamespace as Object
from ocpi_pricing import price
component = Object(type="ENERGY", price=Decimal("0.25"), step_size=1)
tariff = Object(id="25ct", elements=[Object(price_components=[component])])
energy = Object(type="ENERGY", volume=Decimal(10))
period = Object(start_date_time=datetime(2026, 1, 1, tzinfo=UTC), dimensions=[energy])
cost = price(
    tariff, [period], start=period.start_date_time, end=datetime(2026, 1, 1, 1, tzinfo=UTC),
    time_zone="UTC",
)
print(cost.total_cost.excl_vat)
print(*(name for name in "httpx2 connexion starlette typer".split() if find_spec(name)))
"""


def test_runtime_and_pricing_alone_price_a_session(tmp_path: Path) -> None:
    room = make_clean_room(tmp_path, ["./runtime", "./pricing"])
    done = room.run("-I", "-c", USE)
    assert done.stdout == "2.5000\n\n", done.stderr


def test_the_former_address_leads_to_the_package() -> None:
    from ocpi_runtime import pricing  # noqa: PLC0415 - what is tested

    assert pricing.price is ocpi_pricing.price


def test_the_former_address_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    from ocpi_runtime import pricing  # noqa: PLC0415 - what is tested

    monkeypatch.setitem(sys.modules, "ocpi_pricing", None)
    with pytest.raises(ImportError, match="pip install ocpi-pricing"):
        _ = pricing.price

"""Tariffs and CDRs of 2.2.1 in the shape of each other version."""

from typing import Any

from ocpi_pricing import Amount, Cost

__all__ = ["cdr_of", "tariff_of"]

_OLD = "2.1.1"
_NEW_RESTRICTIONS = {"min_current", "max_current", "reservation"}
_ADDRESS = {
    "id": "LOC1",
    "address": "Stationsplein 1",
    "city": "Utrecht",
    "postal_code": "3511 CE",
    "country": "NLD",
    "coordinates": {"latitude": "52.089520", "longitude": "5.109630"},
}
_PLACE = {
    **_ADDRESS,
    "evse_uid": "E1",
    "evse_id": "NL*EXA*E1",
    "connector_id": "1",
    "connector_standard": "IEC_62196_T2",
    "connector_format": "SOCKET",
    "connector_power_type": "AC_3_PHASE",
}
_TOKEN = {
    "country_code": "DE",
    "party_id": "MSP",
    "uid": "TOKEN1",
    "type": "RFID",
    "contract_id": "DE-MSP-C1",
}


def tariff_of(version: str, tariff: dict[str, Any], taxes: str) -> dict[str, Any]:
    """Return a tariff in the shape of a version.

    Args:
        version: Of OCPI.
        tariff: In the shape of 2.2.1.
        taxes: ``tax_included`` of 2.3.0.
    """
    if version == _OLD:
        kept = {key: tariff[key] for key in ("id", "currency", "last_updated")}
        return {**kept, "elements": [*filter(None, map(_old_element, tariff["elements"]))]}
    if version != "2.3.0":
        return tariff
    limits = {
        name: {"before_taxes": limit["excl_vat"]}
        | ({"after_taxes": limit["incl_vat"]} if "incl_vat" in limit else {})
        for name, limit in tariff.items()
        if name in {"min_price", "max_price"}
    }
    return {**tariff, **limits, "tax_included": taxes}


def _old_element(element: dict[str, Any]) -> dict[str, Any] | None:
    """Return an element without VAT; None where 2.1.1 does not know its restrictions."""
    restrictions = element.get("restrictions", {})
    if _NEW_RESTRICTIONS & set(restrictions):
        return None
    parts = [
        {key: value for key, value in part.items() if key != "vat"}
        for part in element["price_components"]
    ]
    return {**element, "price_components": parts}


def cdr_of(version: str, cdr: dict[str, Any], cost: Cost) -> dict[str, Any]:
    """Return a CDR with its totals in the shape of a version.

    Args:
        version: Of OCPI.
        cdr: What all versions have, under the names of 2.2.1.
        cost: Its totals.
    """
    quantities = {
        name: getattr(cost, name) for name in ("total_energy", "total_time", "total_parking_time")
    }
    if version == _OLD:
        return {**_old_cdr(cdr), "total_cost": cost.total_cost.excl_vat, **quantities}
    costs = {name: _price(version, getattr(cost, name)) for name in _COSTS}
    return {**cdr, "cdr_token": _TOKEN, "cdr_location": _PLACE, **costs, **quantities}


_COSTS = ("total_cost", "total_energy_cost", "total_time_cost")


def _old_cdr(cdr: dict[str, Any]) -> dict[str, Any]:
    periods = [
        {key: value for key, value in period.items() if key != "tariff_id"}
        for period in cdr["charging_periods"]
    ]
    renamed = {"end_date_time", "country_code", "party_id"}
    return {
        **{key: value for key, value in cdr.items() if key not in renamed},
        "stop_date_time": cdr["end_date_time"],
        "auth_id": "DE-MSP-C1",
        "location": {**_ADDRESS, "type": "ON_STREET", "last_updated": cdr["last_updated"]},
        "charging_periods": periods,
    }


def _price(version: str, amount: Amount) -> dict[str, Any]:
    if version != "2.3.0":
        return {"excl_vat": amount.excl_vat, "incl_vat": amount.incl_vat}
    excl, incl = amount.excl_vat, amount.incl_vat
    taxes = [] if excl is None or incl is None else [{"name": "VAT", "amount": incl - excl}]
    return {"before_taxes": excl, "taxes": taxes}

"""Faults of fields that several classes have, in each class, and of the first page of lists."""

from typing import Any

from tests.conformance.faults.building import (
    Make,
    accepted_data,
    answering,
    asking,
    each_object,
    each_page,
    is_below,
    refused,
)
from tests.conformance.fuzz.misbehaving import Answer, ReceivedRequest

__all__ = ["EACH_MODULE"]

Data = dict[str, Any]
_FUTURE = "2099-01-01T00:00:00Z"
_TAXED = {"excl_vat": 2, "incl_vat": 1, "before_taxes": 2, "after_taxes": 1}
_CUT = 3


def _set(module: str, **fields: Any) -> Make:
    return each_object(module, lambda one: one.update(fields))


def _cdr_place(**fields: Any) -> Make:
    return each_object("cdrs", lambda one: one["cdr_location"].update(fields))


def _negative(one: Data) -> None:
    for period in one.get("charging_periods") or ():
        period["dimensions"] = [{"type": "ENERGY", "volume": -1}]


def _negative_period(one: Data) -> None:
    start = one.get("start_date_time")
    one["charging_periods"] = [{"start_date_time": start, "dimensions": []}]
    _negative(one)


def _without_contract(one: Data) -> None:
    one["cdr_token"]["contract_id"] = ""


def _dear(one: Data) -> None:
    """Cost more than the only price of the tariff."""
    flat = {"type": "FLAT", "price": 1, "step_size": 1}
    elements = [{"price_components": [flat]}]
    one["tariffs"] = [{"currency": one["currency"], "elements": elements}]
    one["total_cost"] = {"excl_vat": 9999, "before_taxes": 9999}


def _is_default(asked: ReceivedRequest) -> bool:
    """Return whether a whole list is read: no limit and no filter."""
    return not asked.query


def _own_url(asked: ReceivedRequest) -> str:
    return f"http://{asked.headers['host']}{asked.path}"


def _default_page(change: Any) -> Make:
    """Change the first page of lists that are read without parameters."""

    def spoil(asked: ReceivedRequest, answer: Answer, data: list[Any]) -> Answer:
        return change(asked, answer, data) if data and _is_default(asked) else answer

    return each_page(spoil)


def _linked(url: str) -> Make:
    return _default_page(
        lambda _asked, answer, _data: answer.with_headers(link=f'<{url}>; rel="next"')
    )


def _loops(asked: ReceivedRequest, answer: Answer, _data: list[Any]) -> Answer:
    return answer.with_headers(link=f'<{_own_url(asked)}>; rel="next"')


def _dead(asked: ReceivedRequest, answer: Answer, _data: list[Any]) -> Answer:
    return answer.with_headers(link=f'<{_own_url(asked)}/no/such/page/there>; rel="next"')


def _one_more(_asked: ReceivedRequest, answer: Answer, data: list[Any]) -> Answer:
    return answer.with_headers(x_total_count=str(len(data) + 1))


def _cut(asked: ReceivedRequest, answer: Answer, data: list[Any]) -> Answer:
    """Cut the first page; the total of the second one is another."""
    if asked.query == f"offset={_CUT}":
        return answer.with_headers(x_total_count=str(len(data) + _CUT + 1))
    if asked.query:
        return answer
    link = f'<{_own_url(asked)}?offset={_CUT}>; rel="next"'
    return answer.with_headers(link=link).with_fields(data=data[:_CUT])


def _never_by_id(module: str, piece: str = "") -> Make:
    """Find no object by its id."""

    def spoil(asked: ReceivedRequest, answer: Answer) -> Answer:
        meant = is_below(asked, module, "GET") and "sender" in asked.path and piece in asked.path
        found = isinstance(accepted_data(answer), dict)
        return refused(asked, 404, 2000) if meant and found else answer

    return answering(spoil)


def _dates_refused(asked: ReceivedRequest) -> ReceivedRequest | Answer:
    """Refuse right requests for a period with an error of HTTP."""
    return refused(asked, 400, 2001) if "date_" in asked.query else asked


def _unfiltered(asked: ReceivedRequest, answer: Answer) -> Answer:
    counted = "x-total-count" in answer.headers and "date_" in asked.query
    return answer.with_headers(x_total_count="7") if counted else answer


EACH_MODULE: dict[str, Make] = {
    **{f"{one}-of-another-country-code": _set(f"{one}s", country_code="XQ")
       for one in ("cdr", "session", "tariff", "token")},
    **{f"{one}-updated-in-the-future": _set(f"{one}s", last_updated=_FUTURE)
       for one in ("cdr", "session", "tariff", "token")},
    "session-vat-below-net": _set("sessions", total_cost=_TAXED),
    "tariff-vat-below-net": _set("tariffs", min_price=_TAXED),
    "session-of-negative-volume": each_object("sessions", _negative_period),
    "cdr-token-without-contract": each_object("cdrs", _without_contract),
    "cdr-place-at-null-island": _cdr_place(
        coordinates={"latitude": "0.00000", "longitude": "0.00000"}),
    "cdr-place-country-unknown": _cdr_place(country="XYZ"),
    "cdr-cost-unlike-its-tariff": each_object("cdrs", _dear),
    "terminal-not-found-by-id": _never_by_id("payments", "/terminals/"),
    "confirmation-not-found-by-id": _never_by_id("payments", "/financial-advice-confirmations/"),
    "periods-refused": asking(_dates_refused),
    "default-page-loops": _default_page(_loops),
    "default-page-with-duplicate": _default_page(
        lambda _asked, answer, data: answer.with_fields(data=[*data, data[0]])),
    "default-page-linked-elsewhere": _linked("http://127.0.0.1:9/2"),
    "default-page-linked-to-nothing": _default_page(_dead),
    "default-page-of-another-total": _default_page(_one_more),
    "second-page-of-another-total": each_page(_cut),
    "total-without-filter": answering(_unfiltered),
}  # fmt: skip

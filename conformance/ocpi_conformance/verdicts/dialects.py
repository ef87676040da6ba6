"""Answers of a partner whose dialect is known: what it repairs is no error."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final, get_args

from ocpi_conformance.exchanges.checked import CheckedExchange
from ocpi_conformance.exchanges.target import Target
from ocpi_conformance.rules import Fault, Severity
from ocpi_conformance.rules.messages import headers, paging
from ocpi_conformance.rules.modules import objects
from ocpi_runtime.binding import Binding
from ocpi_runtime.dialect import Dialect, Repair
from ocpi_runtime.paging import bracketed, parse_link
from ocpi_runtime.types import UNSET, Model

__all__ = ["KnownDialect"]

_LONGEST: Final = 60
_ABSOLUTE: Final = ("http://", "https://")
_NO_TOTAL: Final = "X-Total-Count is missing"


class KnownDialect:
    """Reads what a partner sends by its dialect.

    Args:
        dialect: What is known of the partner; None where nothing is.
        bindings: The versions that it may speak.
    """

    def __init__(self, dialect: Dialect | None, bindings: Sequence[Binding[Any, Any]]) -> None:
        self._dialect = dialect
        self._bindings = {one.version: one for one in bindings}

    def read(self, target: Target, checked: CheckedExchange) -> list[Fault]:
        """Repair the objects of an answer, for all who look at them.

        Returns:
            What was repaired, as advice.
        """
        data = (checked.envelope or {}).get("data")
        if self._dialect is None or data is None:
            return []
        model, is_list = self._model(target, checked)
        if model is None:
            return []
        items = data if is_list and isinstance(data, list) else [data]
        found: dict[str, Fault] = {}
        now = (checked.envelope or {}).get("timestamp")
        for index, item in enumerate(items):
            if not isinstance(item, dict) or self._dialect.accepts(item, model):
                continue
            reading = self._dialect.read(item, model, now if isinstance(now, str) else None)
            at = f"/data/{index}" if items is data else "/data"
            for one in reading.repairs:
                fault = _repaired(one, at)
                found.setdefault(fault.cause, fault)
            items[index] = reading.value if reading.repairs else item
        if checked.envelope is not None and items is not data:
            checked.envelope["data"] = items[0]
        return [*found.values()]

    def _model(self, target: Target, checked: CheckedExchange) -> tuple[type[Model] | None, bool]:
        """Return the class of the objects of an answer, and whether they come as a list."""
        binding = self._bindings[target.version]
        operations = binding.interfaces[target.module, target.interface].operations
        known = operations.get(checked.operation.id)
        result = None if known is None else known.result
        items = get_args(result)
        kind = items[0] if items else result
        is_model = isinstance(kind, type) and issubclass(kind, Model)
        return (kind if is_model else None), bool(items)

    def next_page(self, header: str, url: str) -> str:
        """Return the URL of the next page; empty where none can be read.

        Args:
            header: The header Link.
            url: The URL of the page that it came with.
        """
        known = None if self._dialect is None else self._dialect.paging
        if known is not None and not known.link_brackets:
            header = bracketed(header)
        base = url if known is not None and not known.absolute_link else ""
        return parse_link(header, base=base) or ""

    def known(self, fault: Fault, checked: CheckedExchange) -> Fault:
        """Return a fault as advice where the dialect has it, and as it is where it does not."""
        if self._dialect is None:
            return fault
        if fault.rule is headers.REQUIRED and fault.cause == _NO_TOTAL:
            return fault if self._dialect.paging.total_count else _advice(fault, "total_count")
        if fault.rule is paging.LINK_ABSOLUTE:
            answer = checked.exchange.answer
            link = self.next_page(answer.headers.get("link", ""), checked.exchange.sent.url)
            names = [*self._dialect.paging.as_data()]
            return _advice(fault, ", ".join(names)) if link.startswith(_ABSOLUTE) else fault
        return fault


def _advice(fault: Fault, repair: str) -> Fault:
    got = f"{fault.got}, as the dialect has it ({repair})"
    return replace(fault, got=got, repair=repair, lighter=Severity.ADVICE)


def _repaired(repair: Repair, at: str) -> Fault:
    """Return a repair of an object as a fault that is known."""
    field = next((one for one in reversed(repair.pointer.split("/")) if not one.isdecimal()), "")
    pointer = f"{at}{repair.pointer}"
    got = f"{pointer}: {_text(repair.before)}, read as {_text(repair.after)} by {repair.rule}"
    return Fault(
        objects.DATA,
        "data as the bundle describes it",
        got,
        f"{field} repaired by {repair.rule}",
        pointer,
        Severity.ADVICE,
        repair.rule,
    )


def _text(value: Any) -> str:
    if value is UNSET:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"

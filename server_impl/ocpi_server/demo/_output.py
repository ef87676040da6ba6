"""The scenario on a terminal, or as JSON for machines."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec
from rich.text import Text

from ocpi_runtime.options import plain_console
from ocpi_server.demo._channel import Exchanged

__all__ = ["DemoOutput"]

_NAMES = {"cpo": "CPO", "emsp": "eMSP", "hub": "hub"}
_LONGEST_URL = 78


@dataclass
class DemoOutput:
    """Prints what happens. stdout is the scenario; with ``as_json`` one document per line.

    Attributes:
        as_json: Whether machines read along.
        exchanges: How many exchanges were shown.
        places: The platforms by host and port.
    """

    as_json: bool
    exchanges: int = 0
    places: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._console = plain_console()
        self._failing: tuple[str, Exchanged] | None = None

    def step(self, number: int, title: str) -> None:
        """Open a step."""
        if self.as_json:
            self._line({"step": number, "title": title})
        else:
            self._console.print(Text(f"\n{number}. {title}", style="bold"))

    def exchange(self, who: str, what: Exchanged) -> None:
        """Print one call of a platform to the other."""
        self.exchanges += 1
        meaning = _meaning(what)
        good = what.error is None and (what.status_code or 9000) < 2000  # noqa: PLR2004 - success
        if not good or self._failing is None:
            self._failing = (who, what)
        if self.as_json:
            self._line(
                {
                    "from": _NAMES[who],
                    "to": self._called(what),
                    "operation": what.operation,
                    "method": what.method,
                    "url": what.url,
                    "http_status": what.http_status,
                    "status_code": what.status_code,
                    "milliseconds": what.milliseconds,
                    "meaning": meaning,
                }
            )
            return
        status = f"{what.http_status or '---'} {what.status_code or '----'}"
        line = Text("   ")
        line.append(f"{_NAMES[who]:>4} -> {self._called(what):<4} ", style="cyan")
        line.append(f"{what.method:<6} ", style="bold")
        line.append(f"{_path(what.url):<{_LONGEST_URL}} ")
        line.append(status, style="green" if good else "yellow")
        line.append(f"  {meaning}", style="dim")
        self._console.print(line)

    def fact(self, text: str) -> None:
        """Print the result of a step."""
        if self.as_json:
            self._line({"fact": text})
        else:
            self._console.print(Text(f"   = {text}", style="green"))

    def failure(self, text: str) -> None:
        """Print the reason of a failure, with the last exchange that was no success in full."""
        if self.as_json:
            failing = msgspec.to_builtins(self._failing[1]) if self._failing else None
            self._line({"failure": text, "exchange": failing})
            return
        self._console.print(Text(f"\nThis went wrong: {text}", style="bold red"))
        if self._failing is not None:
            who, what = self._failing
            heading = f"{_NAMES[who]} -> {self._called(what)}"
            self._console.print(Text(f"{heading}\n{_in_full(what)}"))

    def _called(self, what: Exchanged) -> str:
        """Return the name of the platform that an exchange was with."""
        return _NAMES.get(self.places.get(urlsplit(what.url).netloc, ""), "")

    def _line(self, document: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
        sys.stdout.flush()


def _path(url: str) -> str:
    parts = urlsplit(url)
    path = unquote(parts.path) + (f"?{unquote(parts.query)}" if parts.query else "")
    return path if len(path) <= _LONGEST_URL else f"{path[: _LONGEST_URL - 1]}…"


def _in_full(what: Exchanged) -> str:
    """Write an exchange as a person would paste it into a ticket."""
    lines = [f"{what.method} {what.url}"]
    lines += [f"{name}: {value}" for name, value in what.request_headers.items()]
    lines += ["", what.request_body, ""] if what.request_body else [""]
    lines.append(f"HTTP {what.http_status}" if what.http_status else what.error or "no answer")
    lines += [f"{name}: {value}" for name, value in what.response_headers.items()]
    return "\n".join([*lines, "", what.response_body])


def _data(what: Exchanged) -> Any:
    try:
        return json.loads(what.response_body).get("data")
    except (ValueError, AttributeError):
        return None


def _body(what: Exchanged) -> dict[str, Any]:
    try:
        body = json.loads(what.request_body)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _listed(noun: str) -> Callable[[Exchanged], str]:
    def describe(what: Exchanged) -> str:
        total = what.response_headers.get("x-total-count", "?")
        return f"{len(_data(what) or [])} of {total} {noun}"

    return describe


def _versions(what: Exchanged) -> str:
    return "speaks " + ", ".join(str(one.get("version")) for one in _data(what) or [])


def _details(what: Exchanged) -> str:
    return f"offers {len((_data(what) or {}).get('endpoints', []))} endpoints"


def _patched(what: Exchanged) -> str:
    changed = ", ".join(f"{k}={v}" for k, v in _body(what).items() if k != "last_updated")
    return f"changes {changed}"


def _field(name: str, words: str) -> Callable[[Exchanged], str]:
    return lambda what: words.format((_data(what) or {}).get(name))


def _sent(name: str, words: str) -> Callable[[Exchanged], str]:
    return lambda what: words.format(_body(what).get(name))


def _cost(what: Exchanged) -> Any:
    cost = _body(what).get("total_cost")
    # A number before 2.2.
    return cost.get("excl_vat", cost.get("before_taxes")) if isinstance(cost, dict) else cost


_MEANINGS: dict[str, Callable[[Exchanged], str]] = {
    "get_versions": _versions,
    "get_version_details": _details,
    "post_credentials": lambda _: "token B goes, token C comes back",
    "put_credentials": lambda _: "both tokens are renewed",
    "get_credentials": lambda _: "who the other side is",
    "delete_credentials": lambda _: "the tokens end",
    "get_locations": _listed("locations"),
    "get_tariffs": _listed("tariffs"),
    "put_location": _sent("name", "the location {}"),
    "patch_evse": _patched,
    "put_evse": _sent("status", "the EVSE is {}"),
    "put_token": _sent("uid", "the token {}"),
    "post_authorize_token": _field("allowed", "may this driver charge? {}"),
    "post_start_session": _field("result", "the request is {}"),
    "post_stop_session": _field("result", "the request is {}"),
    "post_command_result": _sent("result", "the charge point answers {}"),
    "put_session": _sent("status", "the session is {}"),
    "patch_session": lambda what: _patched(what) if len(what.request_body) < 200 else "more energy",  # noqa: PLR2004 - what fits into a line
    "put_charging_profile": _field("result", "the request is {}"),
    "get_active_charging_profile": _field("result", "the request is {}"),
    "post_charging_profile_result": _sent("result", "the charge point answers {}"),
    "post_active_charging_profile_result": _sent("result", "the charge point answers {}"),
    "put_client_info": lambda what: f"{_body(what).get('party_id')} is {_body(what).get('status')}",
    "put_tariff": _sent("id", "the tariff {}"),
    "post_cdr": lambda what: f"total cost {_cost(what)}",
    "get_stored_cdr": lambda _: "the CDR as it was stored",
}


def _meaning(what: Exchanged) -> str:
    if not what.http_status:
        return what.error or "no answer"
    if (what.status_code or 0) >= 2000 or what.http_status >= 400:  # noqa: PLR2004 - not success
        return what.status_message or "refused"
    describe = _MEANINGS.get(what.operation)
    return describe(what) if describe else what.operation.replace("_", " ")

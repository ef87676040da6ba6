"""Reports for tests: of a party that tries everything against the reader, and of any size."""

from dataclasses import replace

from ocpi_conformance.exchanges.wire import MASKED, Answer, RecordedExchange, SentRequest
from ocpi_conformance.reports import Finding, Occurrence, Report, RuleResult, Verdict
from ocpi_conformance.rules import Severity, Strength

__all__ = ["HOSTILE", "PARTY", "report_of"]

PARTY = "https://cpo.example/ocpi/versions"
HOSTILE = (
    '</script><script>window.hit=1</script><img src=x onerror=window.hit=1>" onload=x '
    "\u202e\u200b\x1b[31m\x00"
)
_MODULES = ("locations", "sessions", "cdrs", "tariffs", "tokens", "commands", "chargingprofiles")
_SEVERITIES = (Severity.ERROR, Severity.WARNING, Severity.ADVICE)
_LOCATION = (
    b'{"status_code": 1000, "status_message": "Success", "timestamp": "2026-01-02T10:00:00Z", '
    b'"data": {"country_code": "NL", "party_id": "CPO", "id": "LOC-%d", "publish": true, '
    b'"name": "Stationsplein", "coordinates": {"latitude": "52.37", "longitude": "4.90"}, '
    b'"evses": [{"uid": "E1", "status": "AVAILABLE", "connectors": [{"id": "1", "max_voltage": 400,'
    b' "max_amperage": 32, "max_electric_power": 22080}]}], "time_zone": null}}'
)


def report_of(count: int, *, text: str = "") -> Report:
    """Return a report with a number of findings; ``text`` is wherever a peer's text may."""
    found = [_finding(number, text) for number in range(count)]
    accepted = frozenset(one.fingerprint for one in found[5:6])
    return Report(
        tool="check",
        party=PARTY + text,
        versions=("2.2.1", "2.3.0"),
        role="cpo",
        began="2026-01-02T10:00:00Z",
        seconds=12.34,
        seed=7,
        requests=1234,
        rules=_results(found),
        findings=found,
        problems=[f"The module tokens answered nothing.{text}"] if text else [],
        created=[f"https://cpo.example/tokens/1{text}"] if text else [],
        accepted=accepted,
        gone=frozenset({"0123456789abcdef"}) if text else frozenset(),
    )


def _target(number: int) -> str:
    return f"2.2.1 {_MODULES[number % len(_MODULES)]}.sender"


def _rule(number: int) -> str:
    return f"{('paging', 'envelope', 'objects', 'headers')[number % 4]}.rule-{number % 40:02}"


def _finding(number: int, text: str) -> Finding:
    return Finding(
        rule=_rule(number),
        severity=_SEVERITIES[number * 7 // 3 % 3],
        title=f"The Link of page {number} leaves out date_from, so objects come twice.{text}",
        expected=f"a Link with date_from{text}",
        got=f"Link: <{PARTY}?offset={number}>{text}",
        cause=f"cause {number}",
        occurrences=(
            Occurrence(_target(number), f"get_locations{text}", number % 5 + 1),
            Occurrence(_target(number + 1), "get_tariffs"),
        ),
        why="javascript:alert(1)" if text else "https://github.com/ocpi/ocpi#paging",
        clause=f"The next page has the filters of the first one.{text}",
        strength=Strength.MUST,
        fix=f"Copy all parameters of the request into the Link.{text}",
        pointer=f"/data/evses/0{text}",
        steps=(_step(number, text), _step(number + 1, text)),
    )


def _step(number: int, text: str) -> RecordedExchange:
    sent = SentRequest(
        "PUT" if number % 3 == 0 else "GET",
        f"https://cpo.example/ocpi/2.2.1/sender/locations/LOC-{number}{text}",
        {"authorization": MASKED, "x-request-id": f"id-{number}{text}"},
        b'{"id": "LOC-1"}' if number % 3 == 0 else None,
    )
    body = _LOCATION % number + text.encode()
    headers = {"content-type": "application/json", "link": f"<{PARTY}>{text}"}
    return RecordedExchange(sent, Answer(200, headers, body))


def _results(findings: list[Finding]) -> list[RuleResult]:
    failed = {(one.rule, place.target): one for one in findings for place in one.occurrences}
    made = []
    for number in range(280):
        rule, target = _rule(number), _target(number)
        base = RuleResult(
            rule, f"Rule {number} holds.", Severity.ERROR, Strength.MUST,
            "https://github.com/ocpi/ocpi", target, Verdict.PASSED, asked=3,
        )  # fmt: skip
        if (rule, target) in failed:
            error = failed[rule, target].severity is Severity.ERROR
            base = replace(base, verdict=Verdict.FAILED if error else Verdict.WARNING)
        elif number % 11 == 0:
            base = replace(base, verdict=Verdict.NOT_ASKED, reason="write mode is off")
        elif number % 13 == 0:
            base = replace(base, verdict=Verdict.NOT_APPLICABLE, reason="another role")
        made.append(base)
    return made

"""Rules that need several exchanges, judged in a log."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ocpi_bindings import v2_2_1
from ocpi_conformance.cli import app
from ocpi_conformance.reports import Report, Verdict, read_report
from ocpi_runtime.client import ExchangeLog, connect_sync
from ocpi_runtime.server import create_app
from ocpi_runtime.urls import UrlPolicy
from tests.conformance.fuzz import tokens
from tests.support.commands import run_command
from tests.support.serving import serving

Line = dict[str, Any]
POLICY = UrlPolicy(allow_private=True, allow_http=True)


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[Line]:
    """Return the log of a client that reads thirty tokens in pages of seven."""
    file = tmp_path_factory.mktemp("log") / "exchanges.jsonl"

    def make(url: str) -> Any:
        return create_app([tokens.Sender()], authenticate=tokens.authenticate, base_url=url)

    with (
        serving(make) as base_url,
        ExchangeLog(file) as log,
        connect_sync(
            f"{base_url}/versions",
            tokens.TOKEN,
            bindings=[v2_2_1.binding],
            policy=POLICY,
            on_exchange=log,
        ) as peer,
    ):
        assert len([*peer.tokens.get_tokens(limit=7)]) == 30
    return [json.loads(line) for line in file.read_text().splitlines()]


def replayed(lines: list[Line], folder: Path) -> Report:
    file = folder / "log.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in lines))
    _, out, err = run_command(app, ["replay", str(file), "--json"])
    assert out, err
    return read_report(out.encode())


def pages(lines: list[Line]) -> list[Line]:
    return [one for one in lines if "/tokens" in one["url"]]


def headers(one: Line, **changed: str) -> None:
    named = {name.replace("_", "-"): value for name, value in changed.items()}
    kept = {name.lower(): value for name, value in one["response_headers"].items()}
    one["response_headers"] = kept | named


def one_more(lines: list[Line]) -> None:
    for one in pages(lines):
        headers(one, x_total_count="31")


def first_page_again(lines: list[Line]) -> None:
    first, second = pages(lines)[:2]
    second["response_body"] = first["response_body"]


def to_itself(lines: list[Line]) -> None:
    second = pages(lines)[1]
    headers(second, link=f'<{second["url"]}>; rel="next"')


def elsewhere(lines: list[Line]) -> None:
    headers(pages(lines)[1], link='<https://other.example/tokens>; rel="next"')


def not_found(lines: list[Line]) -> None:
    third = pages(lines)[2]
    third["http_status"] = 404


def one_id(lines: list[Line]) -> None:
    for one in lines:
        sent = {name.lower(): value for name, value in one["request_headers"].items()}
        one["request_headers"] = sent | {"x-request-id": "1"}
        headers(one, x_request_id="1")


WRONG: dict[str, Callable[[list[Line]], None]] = {
    "paging.total-read": one_more,
    "paging.no-duplicates": first_page_again,
    "paging.no-loop": to_itself,
    "paging.link-same-host": elsewhere,
    "paging.link-answers": not_found,
    "client.request-id": one_id,
}


def test_a_right_crawl_passes_the_rules_about_several_exchanges(
    lines: list[Line], tmp_path: Path
) -> None:
    report = replayed(lines, tmp_path)
    assert [(one.rule, one.got) for one in report.findings] == []
    passed = {one.rule for one in report.rules if one.verdict is Verdict.PASSED}
    assert passed >= WRONG.keys()


@pytest.mark.parametrize("rule", WRONG)
def test_what_one_exchange_does_not_show_is_found(
    rule: str, lines: list[Line], tmp_path: Path
) -> None:
    changed = json.loads(json.dumps(lines))
    WRONG[rule](changed)
    found = {one.rule: one for one in replayed(changed, tmp_path).findings}
    assert rule in found
    assert len(found[rule].steps) == 2


def test_the_logs_of_both_sides_show_each_exchange_once(lines: list[Line], tmp_path: Path) -> None:
    others = [one for one in lines if "/tokens" not in one["url"]]
    report = replayed([*lines, *others], tmp_path)
    assert [(one.rule, one.got) for one in report.findings] == []


def test_a_list_that_grows_while_it_is_read_has_no_fault(lines: list[Line], tmp_path: Path) -> None:
    changed = json.loads(json.dumps(lines))
    for one in pages(changed)[:-1]:
        headers(one, x_total_count="29")
    assert replayed(changed, tmp_path).findings == []

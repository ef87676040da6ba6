"""Metrics on a port of their own: what is counted, what state they show, and their labels."""

import logging
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest
from prometheus_client.parser import text_string_to_metric_families

from ocpi_server import MessageRules, MetricsRules
from ocpi_server.observing._exchange_metrics import ExchangeMetrics
from ocpi_server.store import Draft, Key
from tests.server_impl.message_log.test_message_log import exchange
from tests.server_impl.pair import CPO, EMSP, introduce, location, served
from tests.support.serving import free_port


async def scraped(port: int) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Read all samples by their names and labels."""
    async with httpx2.AsyncClient(timeout=60) as http:
        answer = await http.get(f"http://127.0.0.1:{port}/metrics")
    assert answer.status_code == 200
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def key(sample: str, /, **labels: str) -> Any:
    return sample, frozenset(labels.items())


@pytest.mark.one_node(reason="each process counts its own exchanges")
async def test_exchanges_and_the_state_of_partners_are_shown(tmp_path: Path) -> None:
    port = free_port()
    rules = MetricsRules(port=port)
    async with (
        served(tmp_path / "cpo", CPO, metrics=rules, messages=MessageRules(enabled=True)) as cpo,
        served(tmp_path / "emsp", EMSP) as emsp,
    ):
        pair = await introduce(cpo, emsp)
        for name in ("L1", "L2"):
            await cpo.platform.put_own("locations", msgspec.json.encode(location(name)))
        note = Key.of("occupied_evses", CPO.id, "l1", "e1")
        await cpo.platform.parts.store.add(Draft(note, b"{}", 0, ""))
        await cpo.platform.resync(pair.at_cpo.id)
        await cpo.platform.pushed()
        async with httpx2.AsyncClient(timeout=60) as http:
            await http.get(f"{cpo.base_url}/made-up-by-a-partner")
        found = await scraped(port)
    pushed = {"direction": "out", "module": "locations"}
    assert found[key("ocpi_requests_total", **pushed, operation="put_location", http_status="201",
                     ocpi_status="1000")] == 2  # fmt: skip
    assert found[key("ocpi_request_seconds_count", **pushed)] == 2
    refused = {"module": "other", "operation": "other", "http_status": "401", "ocpi_status": "2000"}
    assert found[key("ocpi_requests_total", direction="in", **refused)] == 1
    assert not any("made-up" in str(each) for each in found)
    partner = pair.at_cpo.id
    assert found[key("ocpi_partner_info", partner=partner, name="guest", status="registered")] == 1
    for name in ("push_pending", "push_parked", "push_circuit_open", "push_lag_seconds"):
        assert found[key(f"ocpi_{name}", partner=partner)] == 0
    assert found[key("ocpi_stored_objects", module="locations", side="own")] == 2
    assert not any("occupied_evses" in str(each) for each in found)
    assert found[key("ocpi_messages_dropped_total")] == 0
    assert found[key("ocpi_event_loop_lag_seconds_count")] >= 0
    assert found[key("process_cpu_seconds_total")] > 0


async def test_a_partner_that_is_away_shows(tmp_path: Path) -> None:
    port = free_port()
    async with served(tmp_path / "cpo", CPO, metrics=MetricsRules(port=port)) as cpo:
        async with served(tmp_path / "emsp", EMSP) as emsp:
            pair = await introduce(cpo, emsp)
        await cpo.platform.put_own("locations", msgspec.json.encode(location("L1")))
        await cpo.platform.resync(pair.at_cpo.id)
        await cpo.platform.pushed()
        found = await scraped(port)
    partner = pair.at_cpo.id
    assert found[key("ocpi_push_pending", partner=partner)] == 1
    assert found[key("ocpi_push_circuit_open", partner=partner)] == 1
    assert found[key("ocpi_push_lag_seconds", partner=partner)] > 0


@pytest.mark.one_node(reason="each process has a port of its own")
async def test_processes_on_one_machine_have_ports_one_after_the_other(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "ocpi_server.metrics")
    rules = MetricsRules(port=free_port())
    async with (
        served(tmp_path / "one", CPO, metrics=rules),
        served(tmp_path / "two", CPO, metrics=rules),
    ):
        addresses = [record.getMessage().split()[-1] for record in caplog.records]
        assert len(set(addresses)) == 2
        async with httpx2.AsyncClient(timeout=60) as http:
            for address in addresses:
                assert (await http.get(address)).status_code == 200
                assert (await http.get(address.replace("/metrics", "/"))).status_code == 404
                assert (await http.post(address)).status_code == 405


def test_what_a_partner_makes_up_is_no_label() -> None:
    metrics = ExchangeMetrics()
    strange = [
        exchange(http_status=status, status_code=code)
        for status, code in ((299, 1000), (200, 2042), (200, 987654321), (0, None))
    ]
    for each in strange:
        metrics.observe(each, "out", "P1")
    labels = {
        (sample.labels["http_status"], sample.labels["ocpi_status"])
        for family in metrics.registry.collect()
        for sample in family.samples
        if sample.name == "ocpi_requests_total"
    }
    assert labels == {("other", "1000"), ("200", "other"), ("none", "none")}

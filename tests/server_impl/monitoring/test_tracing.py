"""Spans of OpenTelemetry: requests in both directions, the database, and work, as one tree."""

import subprocess
import sys
from pathlib import Path

import httpx2
import msgspec
import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from ocpi_server.observing.work import working
from tests.server_impl.pair import CPO, EMSP, introduce, location, served

PARENT = "4bf92f3577b34da6a3ce929d0e0e4736"
CALLER = {"traceparent": f"00-{PARENT}-00f067aa0ba902b7-01"}


@pytest.fixture
def spans() -> tuple[TracerProvider, InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return provider, exporter


def parent_of(span: ReadableSpan, among: tuple[ReadableSpan, ...]) -> ReadableSpan | None:
    return next((each for each in among if span.parent and each.context == span.parent), None)


async def test_a_push_and_what_it_causes_are_spans(
    tmp_path: Path, spans: tuple[TracerProvider, InMemorySpanExporter]
) -> None:
    provider, exporter = spans
    async with (
        served(tmp_path / "cpo", CPO, tracer_provider=provider) as cpo,
        served(tmp_path / "emsp", EMSP) as emsp,
    ):
        pair = await introduce(cpo, emsp)
        await cpo.platform.put_own("locations", msgspec.json.encode(location("L1")))
        await cpo.platform.resync(pair.at_cpo.id)
        await cpo.platform.pushed()
        token = cpo.platform.partners.open_token(pair.at_cpo)
    found = exporter.get_finished_spans()
    (put,) = [each for each in found if each.name == "put_location"]
    assert put.kind is SpanKind.CLIENT
    assert put.attributes is not None
    assert put.attributes["http.response.status_code"] == 201
    assert put.attributes["ocpi.partner"] == pair.at_cpo.id
    work = parent_of(put, found)
    assert work is not None
    assert (work.name, (work.attributes or {})["ocpi.partner"]) == ("push", pair.at_cpo.id)
    (posted,) = [each for each in found if each.name == "post_credentials"]
    assert (posted.kind, (posted.attributes or {})["ocpi.module"]) == (
        SpanKind.SERVER, "credentials",
    )  # fmt: skip
    below = [each for each in found if parent_of(each, found) is posted]
    assert {"database write", "get_versions"} <= {each.name for each in below}
    assert token not in "".join(each.to_json() for each in found)


async def test_a_request_goes_on_with_the_trace_of_its_caller(
    tmp_path: Path, spans: tuple[TracerProvider, InMemorySpanExporter]
) -> None:
    provider, exporter = spans
    async with (
        served(tmp_path, CPO, tracer_provider=provider) as cpo,
        httpx2.AsyncClient(timeout=60) as http,
    ):
        await http.get(f"{cpo.base_url}/versions", headers=CALLER)
    (span,) = [each for each in exporter.get_finished_spans() if each.kind is SpanKind.SERVER]
    assert f"{span.context.trace_id:x}" == PARENT
    assert (span.attributes or {})["http.response.status_code"] == 401
    assert span.status.status_code is StatusCode.UNSET


async def test_a_partner_that_does_not_answer_is_an_error(
    tmp_path: Path, spans: tuple[TracerProvider, InMemorySpanExporter]
) -> None:
    provider, exporter = spans
    async with served(tmp_path / "cpo", CPO, tracer_provider=provider) as cpo:
        async with served(tmp_path / "emsp", EMSP) as emsp:
            pair = await introduce(cpo, emsp)
        await cpo.platform.put_own("locations", msgspec.json.encode(location("L1")))
        await cpo.platform.resync(pair.at_cpo.id)
        await cpo.platform.pushed()
    failed = [each for each in exporter.get_finished_spans() if each.name == "put_location"]
    assert failed[0].status.status_code is StatusCode.ERROR
    with working("nothing"):  # the platform is closed: nobody observes its process any more
        pass
    assert "nothing" not in {each.name for each in exporter.get_finished_spans()}


def test_without_the_setting_nothing_of_it_is_imported() -> None:
    code = (
        "import sys; from ocpi_server import Platform, Settings, OwnParty; "
        "made = Platform(Settings(base_url='https://x.example/ocpi', database='sqlite://', "
        "parties=(OwnParty('NL', 'CPO', 'CPO', 'C'),), key_file='x.key')); "
        "print('opentelemetry.sdk' in sys.modules, 'ocpi_server.observing._tracing' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.split() == ["False", "False"]


def test_the_setting_exports_as_the_environment_states(tmp_path: Path) -> None:
    code = (
        "import asyncio; from ocpi_server import Platform, Settings, OwnParty, TracingRules\n"
        "async def main():\n"
        "    made = Settings(base_url='https://x.example/ocpi', database='sqlite:///x.sqlite',\n"
        "        parties=(OwnParty('NL', 'CPO', 'CPO', 'C'),),\n"
        "        tracing=TracingRules(enabled=True))\n"
        "    async with Platform(made) as platform:\n"
        "        await platform.partners.every()\n"
        "asyncio.run(main())"
    )

    def run(exporter: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(  # noqa: S603 - our own
            [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path,
            env={"OTEL_TRACES_EXPORTER": exporter, "PYTHONPATH": ":".join(sys.path)},
        )  # fmt: skip

    assert '"name": "database read"' in run("console").stdout
    assert "'pigeon' of OTEL_TRACES_EXPORTER is not installed" in run("pigeon").stderr

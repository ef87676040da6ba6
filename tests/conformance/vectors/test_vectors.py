"""The vectors of all versions against the platform, our clients and the judge of the fuzzer."""

from functools import cache
from pathlib import Path

import httpx2
import msgspec
import pytest
from msgspec import UNSET

from ocpi_conformance.bundles.operations import InterfaceDescription, Operation, describe
from ocpi_conformance.bundles.reading import read
from ocpi_conformance.exchanges.checked import CheckedExchange
from ocpi_conformance.fuzz import Answer, RecordedExchange, SentRequest
from ocpi_conformance.rules.catalogue import faults_of
from ocpi_conformance.vectors import Vector, VectorFile
from ocpi_conformance.vectors._format import Answer as VectorAnswer
from ocpi_conformance.vectors._format import VectorRequest
from ocpi_conformance.vectors._world import PEER_PARTY
from tests.acceptance.support.bundles import SPOKEN
from tests.acceptance.support.partner_server import PartnerServer
from tests.conformance.vectors.vector_client import client_faults
from tests.conformance.vectors.vector_platform import prepared, sends_token_a
from tests.conformance.vectors.vectors_read import binding, vectors
from tests.support.serving import serving

URL = "https://exb.example/ocpi/endpoint"
BODY_KINDS = ("required", "null", "type", "max-length", "enum", "timestamp", "min-items")


def order(found: tuple[VectorFile, Vector]) -> int:
    """Credentials come last, as they change the registration; those that end it at the very end."""
    file, vector = found
    if file.module != "credentials":
        return 0
    if sends_token_a(file, vector):
        return 2 if vector.operation == "post_credentials" else 3
    return 1 if vector.kind == "malformed_request" else 2


@pytest.mark.asyncio
@pytest.mark.parametrize("version", SPOKEN)
async def test_the_platform_answers_as_expected(version: str, tmp_path: Path) -> None:
    server = PartnerServer("", version)
    wrong: list[str] = []
    with serving(lambda _: server.app()) as server.base_url:
        async with (
            httpx2.AsyncClient(timeout=30.0) as http,
            prepared(tmp_path, version, server, http) as platform,
        ):
            for file, vector in sorted(vectors(version), key=order):
                if "server" in vector.tests:
                    wrong += await platform.run(file, vector)
    assert wrong == []


@pytest.mark.parametrize("version", SPOKEN)
def test_generated_clients_send_the_requests_and_read_the_answers(version: str) -> None:
    wrong: list[str] = []
    for file, vector in vectors(version):
        if "client" in vector.tests:
            wrong += client_faults(binding(version), file, vector)
    assert wrong == []


@cache
def described(version: str, module: str, interface: str) -> InterfaceDescription:
    return describe(binding(version).bundle(module, interface))


def faults(file: VectorFile, vector: Vector, answer: VectorAnswer) -> list[str]:
    """Check an exchange as the fuzzer does."""
    operation = operation_of(file, vector)
    sent = SentRequest(
        vector.request.method,
        URL + vector.request.target,
        {name.lower(): text for name, text in vector.request.headers.items()},
        text_of(vector.request),
    )
    headers = {name.lower(): text for name, text in answer.headers.items()}
    came = Answer(answer.http_status, headers, text_of(answer) or b"")
    checked = CheckedExchange(
        operation, RecordedExchange(sent, came), read(operation, URL, sent), PEER_PARTY
    )
    return [f"{vector.id}: {one.rule.id} {one.got}" for one, _ in faults_of(checked)]


def operation_of(file: VectorFile, vector: Vector) -> Operation:
    """Return the operation of a vector, as the fuzzer knows it."""
    return described(file.version, file.module, file.interface).operations[vector.operation]


def text_of(message: VectorRequest | VectorAnswer) -> bytes | None:
    if message.body_text is not UNSET:
        return str(message.body_text).encode()
    return None if message.body is UNSET else msgspec.json.encode(message.body)


@pytest.mark.parametrize("version", SPOKEN)
def test_the_judge_of_the_fuzzer_accepts_good_answers_and_reports_malformed_ones(
    version: str,
) -> None:
    missed, false = [], []
    for file, vector in vectors(version):
        found = faults(file, vector, vector.answer)
        if vector.kind == "good":
            false += found
        elif vector.outcome is not UNSET and vector.outcome.cause == "unreadable" and not found:
            missed.append(vector.id)
    assert (missed, false) == ([], [])


@pytest.mark.parametrize("version", SPOKEN)
def test_the_judge_of_the_fuzzer_reports_success_for_malformed_bodies(version: str) -> None:
    missed = []
    good = {
        (file.module, file.interface, one.operation): one
        for file, one in vectors(version)
        if one.kind == "good"
    }
    for file, vector in vectors(version):
        if vector.kind != "malformed_request" or vector.wrong is UNSET:
            continue
        if vector.wrong.pointer is UNSET or vector.wrong.rule not in BODY_KINDS:
            continue
        if vector.request.body_text == "null" and not operation_of(file, vector).body_required:
            continue  # may mean that it was left out: refused here, and not demanded of others
        found = faults(file, vector, good[file.module, file.interface, vector.operation].answer)
        if not any("malformed.invalid-refused" in one for one in found):
            missed.append(vector.id)
    assert missed == []

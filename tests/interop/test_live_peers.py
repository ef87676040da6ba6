"""Platforms that others wrote: everything that is found in them was judged, and is found again.

``known_defects.toml`` lists each finding with the reason why it is one. A finding that it does not
list is either a defect that nobody looked at yet, or a fault of the check; one that it lists and
that is not found is a rule that became blind.
"""

import json
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ocpi_conformance.cli import app
from tests.interop.live_peers import PEERS, Peer, missing, running_peer
from tests.interop.peers.kept import REGISTRATION_TOKEN
from tests.support.commands import run_command

pytestmark = pytest.mark.interop
KNOWN = Path(__file__).with_name("known_defects.toml")
CASES = "1500"
CHECKED = {"extrawest": ["2.1.1 cpo", "2.1.1 emsp", "2.2.1"], "pyocpi": ["2.2.1"]}


@cache
def known() -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = tomllib.loads(KNOWN.read_text(encoding="utf-8"))["defect"]
    return listed


@pytest.fixture(scope="module", params=PEERS)
def peer(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Peer]:
    name: str = request.param
    if reason := missing(name):
        pytest.skip(reason)
    with running_peer(name, tmp_path_factory.mktemp(name)) as served:
        yield served


def report(peer: Peer, *words: str) -> dict[str, Any]:
    """Run a command against the peer; return its report."""
    options = ["--token", peer.token, "--ca", str(peer.ca), "--allow-private", "--json"]
    command = [words[0], peer.versions_url, *options, "--party", "DE-FUZ", *words[1:]]
    code, out, err = run_command(app, command)
    assert code == 1, err
    found: dict[str, Any] = json.loads(out)
    return found


def causes(found: dict[str, Any]) -> dict[tuple[str, str], str]:
    return {(one["rule"], one["cause"]): one["got"] for one in found["findings"]}


def explained(peer: Peer, found: Iterable[tuple[str, str]], *tools: str) -> set[tuple[str, str]]:
    """Return which of the findings are known; a cause in the list may end with an asterisk."""
    listed = [one for one in known() if one["peer"] == peer.name and {*tools} & {*one["found_by"]}]
    return {
        (rule, cause)
        for rule, cause in found
        for one in listed
        if rule == one["rule"] and _is(cause, one["cause"])
    }


def missed(peer: Peer, found: Iterable[tuple[str, str]], *tools: str) -> set[tuple[str, str]]:
    """Return what all of the tools have found before, and is not found now."""
    listed = [one for one in known() if one["peer"] == peer.name and {*tools} <= {*one["found_by"]}]
    return {
        (one["rule"], one["cause"])
        for one in listed
        if not any(rule == one["rule"] and _is(cause, one["cause"]) for rule, cause in found)
    }


def _is(cause: str, listed: str) -> bool:
    return cause.startswith(listed[:-1]) if listed.endswith("*") else cause == listed


def test_a_check_finds_what_is_wrong_and_nothing_else(peer: Peer) -> None:
    found: dict[tuple[str, str], str] = {}
    for version in CHECKED[peer.name]:
        number, _, role = version.partition(" ")
        more = ["--as", role] if role else []
        found |= causes(report(peer, "check", "--version", number, *more))
    judged = explained(peer, found, "check")
    assert {one: got for one, got in found.items() if one not in judged} == {}
    assert missed(peer, found, "check") == set()


def test_a_check_that_writes_finds_what_is_wrong_and_nothing_else(peer: Peer) -> None:
    words = ["--version", "2.2.1", "--write", "--listen", "127.0.0.1:0"]
    found = causes(report(peer, "check", *words))
    judged = explained(peer, found, "check", "write", "fuzz")
    assert {one: got for one, got in found.items() if one not in judged} == {}
    assert missed(peer, found, "write") == set()


def test_the_fuzzer_finds_what_is_wrong_and_nothing_else(peer: Peer) -> None:
    words = ["--cases", CASES, "--listen", "127.0.0.1:0", "--result-timeout", "5"]
    done = report(peer, "fuzz", "--version", "2.2.1", *words)
    assert done["problems"] == []
    found = causes(done)
    judged = explained(peer, found, "fuzz", "check", "write")
    assert {one: got for one, got in found.items() if one not in judged} == {}
    assert missed(peer, found, "fuzz", "check") == set()


def test_a_check_that_registers_finds_what_is_wrong_and_nothing_else(peer: Peer) -> None:
    words = ["--version", "2.2.1", "--module", "credentials", "--register", "--allow-http"]
    invited = replace(peer, token=REGISTRATION_TOKEN)
    found = causes(report(invited, "check", *words, "--listen", "127.0.0.1:0"))
    judged = explained(peer, found, "check", "write", "fuzz", "register")
    assert {one: got for one, got in found.items() if one not in judged} == {}
    assert missed(peer, found, "register") == set()


def test_every_defect_has_a_reason() -> None:
    assert {one["peer"] for one in known()} == PEERS.keys()
    assert all(len(one["why"]) > 20 for one in known())
    pairs = [(one["peer"], one["rule"], one["cause"]) for one in known()]
    assert len(pairs) == len(set(pairs))

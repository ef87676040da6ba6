"""What a party offers, to be fuzzed."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from ocpi_conformance.bundles.documents import bundle_of
from ocpi_conformance.bundles.operations import Operation, describe
from ocpi_conformance.exchanges.offered import peer_party, with_roles
from ocpi_conformance.exchanges.sending import Sender
from ocpi_conformance.exchanges.target import Target, targets_of
from ocpi_conformance.exchanges.wire import Answer, SentRequest
from ocpi_runtime.binding import Binding
from ocpi_runtime.client import Endpoint, Limits, Options, connect_sync
from ocpi_runtime.transport import Transport
from ocpi_runtime.types import PartyId
from ocpi_runtime.urls import UrlPolicy, check_url

__all__ = ["discover_targets"]

_NOBODY: Final = PartyId("ZZ", "ZZZ")


def discover_targets(
    url: str,
    token: str,
    bindings: Sequence[Binding[Any, Any]],
    options: Options,
    *,
    given: Sequence[tuple[str, str, str]] = (),
    edition: str = "",
) -> tuple[list[Target], PartyId | None]:
    """Find what a party offers, and who it is.

    Args:
        url: Its versions URL.
        token: The credentials token.
        bindings: The versions that may be spoken.
        options: How it is called.
        given: Endpoints in place of what it publishes: module, interface role and URL.
        edition: The earlier edition of the version.

    Raises:
        OcpiError: It cannot be reached, has no version in common, or a URL must not be called.
    """
    with connect_sync(url, token, bindings=bindings, **options) as peer:
        binding = next(one for one in bindings if one.version == peer.version)
        published, coded = peer.endpoints, peer.token_base64
    policy = options.get("policy", UrlPolicy())
    transport = options.get("transport", Transport())
    seconds = options.get("limits", Limits()).total
    replaced = {(module, role) for module, role, _ in given}
    endpoints = [one for one in published if (one.module, one.role.upper()) not in replaced]
    for one in endpoints:
        check_url(one.url, policy)
    usual = Target({}, url, token, coded, transport)
    with Sender(usual, seed=0, timeout=seconds) as sender:
        if not binding.interfaces["versions", "details"].roles:
            details = describe(bundle_of(binding, "versions", "details"))
            ask = partial(_answer, sender, details.operations["get_version_details"])
            endpoints = with_roles(endpoints, ask, options.get("peer_role"))
        endpoints += [Endpoint(*one) for one in given]
        targets = [
            *targets_of(
                binding, endpoints, token, token_base64=coded, transport=transport, edition=edition
            )
        ]
        for target in targets:
            check_url(target.url, policy)
        return targets, peer_party(targets, lambda one, read: _answer(sender, read, one.url))


def _answer(sender: Sender, operation: Operation, url: str) -> Answer:
    """Read a URL; routing headers need parties, which are not known yet."""
    headers = sender.headers(operation, _NOBODY, None)
    kept = {name: value for name, value in headers.items() if not name.startswith("ocpi-")}
    return sender.try_to_send(SentRequest("GET", url, kept)).answer

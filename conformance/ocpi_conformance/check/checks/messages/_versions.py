"""Checks of the list of versions and the details of a version."""

from collections import Counter
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from ocpi_conformance.check._interface import CheckedInterface
from ocpi_conformance.check._registry import Outcome, Stopped, check
from ocpi_conformance.exchanges.checked import Intent
from ocpi_conformance.exchanges.wire import SentRequest
from ocpi_conformance.rules import Fault
from ocpi_conformance.rules.messages import versions

_NO_VERSION = "9.9.9"
_LOCAL = (".local", ".internal", ".localhost", ".test")


def _is_list(place: CheckedInterface) -> bool:
    return (place.module, place.interface) == ("versions", "list")


def _is_details(place: CheckedInterface) -> bool:
    return (place.module, place.interface) == ("versions", "details")


@check(versions.UNIQUE, versions.URLS_ABSOLUTE, versions.TLS, about=_is_list)
def list_of_versions(place: CheckedInterface) -> Iterator[Outcome]:
    """Read the list of versions."""
    found = _data(place, "get_versions")
    if not isinstance(found, list):
        raise Stopped("The list of versions is not a list.")
    entries = [one for one in found if isinstance(one, dict)]
    for version, count in Counter(str(one.get("version")) for one in entries).items():
        if count > 1:
            got = f"{version} is listed {count} times"
            yield Fault(versions.UNIQUE, "each version once", got, "listed more than once")
    yield from _relative(versions.URLS_ABSOLUTE, entries, "")
    yield from _in_the_open(entries, "")


@check(
    versions.DETAILS_AGREE,
    versions.ENDPOINTS_UNIQUE,
    versions.ENDPOINTS_ABSOLUTE,
    versions.ENDPOINT_ROLES,
    versions.CREDENTIALS_LISTED,
    versions.CREDENTIALS_ROLE,
    versions.TLS,
    about=_is_details,
)
def details_of_a_version(place: CheckedInterface) -> Iterator[Outcome]:
    """Read the details of the version."""
    found = _data(place, "get_version_details")
    if not isinstance(found, dict) or not isinstance(found.get("endpoints"), list):
        raise Stopped("The details of the version have no list of endpoints.")
    if found.get("version") != place.version:
        wanted, got = f"version {place.version}", f"version {found.get('version')}"
        cause = "another version"
        yield Fault(versions.DETAILS_AGREE, wanted, got, cause, pointer="/data/version")
    entries = [one for one in found["endpoints"] if isinstance(one, dict)]
    yield from _relative(versions.ENDPOINTS_ABSOLUTE, entries, "/endpoints")
    yield from _in_the_open(entries, "/endpoints")
    yield from _endpoints(place, entries)


def _endpoints(place: CheckedInterface, entries: list[dict[str, Any]]) -> Iterator[Fault]:
    pairs = Counter((one.get("identifier"), one.get("role")) for one in entries)
    twice = [
        f"{module} {role or ''}".strip() for (module, role), times in pairs.items() if times > 1
    ]
    if twice:
        got, cause = f"listed more than once: {', '.join(twice)}", "listed more than once"
        yield Fault(versions.ENDPOINTS_UNIQUE, "each interface once", got, cause)
    for at, one in enumerate(entries):
        if place.target.bundle["x-ocpi"]["version"] not in versions.ENDPOINT_ROLES.versions:
            break
        if one.get("role") not in {"SENDER", "RECEIVER"}:
            wanted, got = "SENDER or RECEIVER as role", f"role {one.get('role')!r}"
            pointer = f"/data/endpoints/{at}/role"
            yield Fault(versions.ENDPOINT_ROLES, wanted, got, pointer=pointer)
    roles = {one.get("role") for one in entries if one.get("identifier") == "credentials"}
    if roles == {"RECEIVER"}:
        got, cause = "RECEIVER as role of credentials", "RECEIVER"
        yield Fault(versions.CREDENTIALS_ROLE, "SENDER as role of credentials", got, cause)
    if "credentials" not in {one.get("identifier") for one in entries}:
        wanted = "an endpoint of credentials"
        yield Fault(versions.CREDENTIALS_LISTED, wanted, "it is missing")


def _relative(rule: Any, entries: list[dict[str, Any]], below: str) -> Iterator[Fault]:
    for at, one in enumerate(entries):
        url = one.get("url")
        parts = urlsplit(url if isinstance(url, str) else "")
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            pointer = f"/data{below}/{at}/url"
            yield Fault(rule, "an absolute URL", f"url {url!r}", pointer=pointer)


def _in_the_open(entries: list[dict[str, Any]], below: str) -> Iterator[Fault]:
    """Yield URLs without TLS; those of a private network never leave it."""
    for at, one in enumerate(entries):
        parts = urlsplit(str(one.get("url")))
        if parts.scheme == "http" and not _is_private(parts.hostname or ""):
            pointer = f"/data{below}/{at}/url"
            got, cause = f"url {one.get('url')!r}", "http"
            yield Fault(versions.TLS, "a URL that begins with https", got, cause, pointer)


def _is_private(host: str) -> bool:
    try:
        return not ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith(_LOCAL)


@check(versions.UNKNOWN_VERSION, about=_is_details)
def version_that_does_not_exist(place: CheckedInterface) -> Iterator[Outcome]:
    """Ask for the details of a version that does not exist, where the URL names the version."""
    parts = urlsplit(place.target.url)
    if place.version not in parts.path:
        raise Stopped("The URL of the details does not name the version.")
    operation = place.operations["get_version_details"]
    path = parts.path.replace(place.version, _NO_VERSION)
    sent = SentRequest(
        "GET", urlunsplit(parts._replace(path=path)), place.session.headers(operation)
    )
    checked = place.send(operation, sent, intent=Intent.PATH)
    if not checked.refused:
        yield Fault(versions.UNKNOWN_VERSION, "HTTP 404", checked.summary())


def _data(place: CheckedInterface, operation: str) -> Any:
    checked = place.require(place.call(place.operations[operation]))
    return (checked.envelope or {}).get("data")

"""Rules about the list of versions and the details of a version."""

from ocpi_conformance.exchanges.checked import CheckedExchange
from ocpi_conformance.rules._fault import ExchangeRule, Fault
from ocpi_conformance.rules._rule import Clause, Rule, Severity, Strength

_VERSIONS = "version_information_endpoint.asciidoc#version_information_endpoint_"
_LIST = f"{_VERSIONS}version_information_endpoint"
_CLASS = f"{_VERSIONS}version_class"
_DETAILS = f"{_VERSIONS}version_details_endpoint"
_ENDPOINT = f"{_VERSIONS}endpoint_class"
_MODULES = frozenset({"versions"})
_WITH_ROLES = frozenset({"2.2", "2.2.1", "2.3.0"})
REDIRECTS = range(300, 400)

UNIQUE = Rule(
    "versions.unique",
    "Each version is listed once",
    Severity.ERROR,
    Clause(_LIST, Strength.MUST, "The list has one entry for each version."),
    "List each version with one URL.",
    modules=_MODULES,
)
URLS_ABSOLUTE = Rule(
    "versions.urls-absolute",
    "The URLs of versions are absolute",
    Severity.ERROR,
    Clause(_CLASS, Strength.MUST, "url is the URL of the details of the version."),
    "Send absolute URLs with scheme and host, as partners reach them.",
    modules=_MODULES,
)
DETAILS_AGREE = Rule(
    "versions.details-agree",
    "The details of a version name that version",
    Severity.ERROR,
    Clause(_DETAILS, Strength.MUST, "version is the version whose details these are."),
    "Serve the details of each version at its own URL.",
    modules=_MODULES,
)
ENDPOINTS_UNIQUE = Rule(
    "versions.endpoints-unique",
    "Each interface of a module is listed once",
    Severity.ERROR,
    Clause(_ENDPOINT, Strength.MUST, "An endpoint stands for one module and interface role."),
    "List each pair of identifier and role once.",
    modules=_MODULES,
)
ENDPOINTS_ABSOLUTE = Rule(
    "versions.endpoints-absolute",
    "The URLs of endpoints are absolute",
    Severity.ERROR,
    Clause(_ENDPOINT, Strength.MUST, "url is the URL of the endpoint."),
    "Send absolute URLs with scheme and host, as partners reach them.",
    modules=_MODULES,
)
ENDPOINT_ROLES = Rule(
    "versions.endpoint-roles",
    "Each endpoint has the role SENDER or RECEIVER",
    Severity.ERROR,
    Clause(_ENDPOINT, Strength.MUST, "role is the interface role that the endpoint offers."),
    "Add role to every endpoint; for credentials any of the two is right.",
    versions=_WITH_ROLES,
    modules=_MODULES,
)
CREDENTIALS_LISTED = Rule(
    "versions.credentials-listed",
    "The credentials module is listed",
    Severity.ERROR,
    Clause(_DETAILS, Strength.MUST, "credentials is required for all implementations."),
    "List the endpoint of credentials in every version.",
    modules=_MODULES,
)
UNKNOWN_VERSION = Rule(
    "versions.unknown-version",
    "The details of a version that does not exist are refused",
    Severity.WARNING,
    Clause(_DETAILS, Strength.SHOULD, "Details exist for the versions that are listed."),
    "Answer with HTTP 404 and an envelope.",
    modules=_MODULES,
)
CREDENTIALS_ROLE = Rule(
    "versions.credentials-role",
    "The endpoint of credentials has the role SENDER",
    Severity.ADVICE,
    Clause(_ENDPOINT, Strength.SHOULD, "For credentials the role is SENDER."),
    "List credentials once, with the role SENDER.",
    versions=_WITH_ROLES,
    modules=_MODULES,
)
TLS = Rule(
    "versions.tls",
    "URLs that are published begin with https",
    Severity.ERROR,
    Clause(
        "transport_and_format.asciidoc#transport_and_format_security_and_authentication",
        Strength.MUST,
        "Interfaces are reached by TLS. Addresses of a private network are left out.",
    ),
    "Serve with a certificate, and publish https URLs; behind a proxy, its URL is the one.",
    modules=_MODULES,
)
NO_REDIRECT = Rule(
    "versions.no-redirect",
    "No URL that is published leads to a redirect",
    Severity.ERROR,
    Clause(_LIST, Strength.MUST, "The URL that is published is the URL that is called."),
    "Publish the URL that answers, and serve it with and without a slash at its end.",
)


def _no_redirect(checked: CheckedExchange) -> list[Fault] | None:
    if checked.http not in REDIRECTS:
        return []
    location = checked.exchange.answer.headers.get("location", "(missing)")
    got, cause = f"HTTP {checked.http} to {location}", f"HTTP {checked.http}"
    return [Fault(NO_REDIRECT, "an answer at the URL that was called", got, cause)]


EXCHANGE_RULES = (ExchangeRule(NO_REDIRECT, _no_redirect),)

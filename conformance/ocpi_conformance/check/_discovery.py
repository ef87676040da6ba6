"""What a party offers, read as it is: what is wrong about it is for the rules to tell."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ocpi_conformance.bundles.documents import bundle_of
from ocpi_conformance.bundles.operations import Operation
from ocpi_conformance.check._interface import CheckedInterface
from ocpi_conformance.check._options import Options
from ocpi_conformance.check._party import CheckedParty
from ocpi_conformance.exchanges.checked import envelope_of
from ocpi_conformance.exchanges.offered import ROLELESS, parties_by_role, peer_party, with_roles
from ocpi_conformance.exchanges.target import Target, targets_of
from ocpi_conformance.exchanges.wire import Answer, SentRequest
from ocpi_runtime.binding import Binding
from ocpi_runtime.client import Endpoint
from ocpi_runtime.errors import OcpiError
from ocpi_runtime.parties import CPO, EMSP, PartyRole, offered_by, role_offered
from ocpi_runtime.urls import check_url

__all__ = ["NotChecked", "discover", "find_peers"]

_UNAUTHORIZED: Final = 401
_ROLES: Final[Mapping[str, PartyRole]] = {"cpo": CPO, "emsp": EMSP}


class NotChecked(Exception):
    """The party cannot be checked at all; the message states the reason."""


def discover(party: CheckedParty, versions_url: str, token: str, options: Options) -> list[str]:
    """Find the interfaces of a party and add them to it.

    Args:
        party: The party; its interfaces are filled.
        versions_url: Its versions URL.
        token: The credentials token.
        options: What is asked for.

    Returns:
        The versions that are checked, the newest first.

    Raises:
        NotChecked: There is no version to speak.
    """
    ordered = sorted(options.bindings, key=lambda one: _rank(one.version), reverse=True)
    coded = _coding(party, ordered[0], versions_url, token, options)
    listed = CheckedInterface(
        party, _target(ordered[0], "list", versions_url, token, coded, options)
    )
    offered = _versions(listed)
    spoken = [one for one in ordered if one.version in offered]
    if not spoken:
        known = ", ".join(offered) or "none"
        wanted = ", ".join(one.version for one in ordered)
        raise NotChecked(f"The party offers the versions: {known}. Wanted is one of {wanted}.")
    spoken = spoken if options.all_versions else spoken[:1]
    _add(
        party,
        CheckedInterface(party, _target(spoken[0], "list", versions_url, token, coded, options)),
    )
    for binding in spoken:
        _add_version(party, binding, offered[binding.version], token, coded, options)
    return [one.version for one in spoken]


def _rank(version: str) -> tuple[int, ...]:
    return tuple(int(piece) for piece in version.split(".") if piece.isdecimal())


def _target(
    binding: Binding[Any, Any],
    name: str,
    url: str,
    token: str,
    coded: bool | None,  # noqa: FBT001 - one of three
    options: Options,
) -> Target:
    usual = binding.interfaces["versions", name].token_base64
    chosen = usual if coded is None else coded
    bundle = bundle_of(binding, "versions", name)
    return Target(bundle, url, token, chosen, options.transport)


def _coding(
    party: CheckedParty, binding: Binding[Any, Any], url: str, token: str, options: Options
) -> bool | None:
    """Find out how the party reads the token; None where it is as the version has it."""
    if options.token_base64 is not None:
        return options.token_base64
    usual = binding.interfaces["versions", "list"].token_base64
    for coded in (usual, not usual):
        place = CheckedInterface(party, _target(binding, "list", url, token, coded, options))
        sent = place.request(place.operations["get_versions"])
        answer = party.session.probe(place.target, sent).answer
        if answer.status not in {0, _UNAUTHORIZED}:
            return None if coded is usual else coded
        if not answer.status:
            raise NotChecked(f"{url} does not answer: {answer.body.decode()}.")
    raise NotChecked(f"{url} answers with HTTP 401: the token is not known to the party.")


def _versions(place: CheckedInterface) -> dict[str, str]:
    """Read the list of versions; what is not readable is left out."""
    found = _data(place, place.operations["get_versions"])
    items = found if isinstance(found, list) else []
    pairs = [(one.get("version"), one.get("url")) for one in items if isinstance(one, dict)]
    return {a: b for a, b in pairs if isinstance(a, str) and isinstance(b, str)}


def _data(place: CheckedInterface, operation: Operation) -> Any:
    """Return the data of an answer; the exchange is judged when the rules ask again."""
    sent = SentRequest("GET", place.target.url, place.session.headers(operation))
    exchange = place.session.probe(place.target, sent)
    return (envelope_of(exchange.answer.body) or {}).get("data")


def _get(place: CheckedInterface, url: str) -> Answer:
    """Read another URL with the headers of an interface."""
    headers = place.session.headers(place.any_operation())
    return place.session.probe(place.target, SentRequest("GET", url, headers)).answer


def _add(party: CheckedParty, place: CheckedInterface) -> None:
    """Add an interface; of several at different URLs a client would take the first."""
    party.interfaces.setdefault((place.version, place.module, place.interface), place)


def _add_version(
    party: CheckedParty,
    binding: Binding[Any, Any],
    url: str,
    token: str,
    coded: bool | None,  # noqa: FBT001 - one of three
    options: Options,
) -> None:
    details = CheckedInterface(party, _target(binding, "details", url, token, coded, options))
    _add(party, details)
    found = _data(details, details.operations["get_version_details"])
    endpoints = [*_endpoints(binding, found, options)]
    if not binding.interfaces["versions", "details"].roles:
        role = _ROLES.get(options.role)
        endpoints = with_roles(endpoints, lambda url: _get(details, url), role)
    for target in targets_of(
        binding,
        endpoints,
        token,
        token_base64=coded,
        transport=options.transport,
        edition=options.edition,
    ):
        place = CheckedInterface(party, target)
        known = party.interfaces if _wanted(target, options) else party.others
        known[place.version, place.module, place.interface] = place


def _endpoints(binding: Binding[Any, Any], found: Any, options: Options) -> Iterator[Endpoint]:
    listed = found.get("endpoints") if isinstance(found, dict) else None
    for one in listed if isinstance(listed, list) else []:
        if not isinstance(one, dict):
            continue
        module, url, role = one.get("identifier"), one.get("url"), one.get("role")
        if not isinstance(module, str) or not isinstance(url, str) or not _is_safe(url, options):
            continue
        yield Endpoint(module, _role(binding, module, role, options), url)


def _is_safe(url: str, options: Options) -> bool:
    try:
        check_url(url, options.policy)
    except (OcpiError, ValueError):
        return False
    return True


def _role(binding: Binding[Any, Any], module: str, role: Any, options: Options) -> str:
    """Return the interface role; in 2.1.1 and 2.0 the role of the party implies it."""
    if binding.interfaces["versions", "details"].roles:
        return role if isinstance(role, str) else ""
    if module in ROLELESS:
        return ""
    if options.role not in _ROLES:
        raise NotChecked(
            f"In {binding.version} a versions URL is that of a CPO or of an eMSP: "
            "name the role with --as cpo or --as emsp."
        )
    return role_offered(module, _ROLES[options.role])


def _wanted(target: Target, options: Options) -> bool:
    if options.modules and target.module not in {*options.modules, "credentials"}:
        return False
    role = options.role if target.interface in {"sender", "receiver"} else ""
    return role not in _ROLES or role_offered(target.module, _ROLES[role]) == (
        target.interface.upper()
    )


def find_peers(party: CheckedParty) -> None:
    """Find the parties of the platform under check, for routing headers.

    Each interface is asked as the party whose role offers it, where the credentials name one.
    """
    session, asked = party.session, list[Answer]()

    def ask(target: Target, operation: Operation) -> Answer:
        sent = SentRequest("GET", target.url, session.headers(operation))
        asked.append(session.probe(target, sent).answer)
        return asked[-1]

    session.peer = peer_party((one.target for one in party.interfaces.values()), ask)
    roles = parties_by_role((envelope_of(asked[-1].body) or {}).get("data")) if asked else {}
    for place in (*party.interfaces.values(), *party.others.values()):
        peer = roles.get(offered_by(place.module, place.interface) or "")
        if peer is not None:
            session.peers.update(dict.fromkeys(place.operations, peer))

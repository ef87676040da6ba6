"""Rules about the credentials token and the registration."""

from collections.abc import Callable, Mapping
from typing import Final

from ocpi_conformance.exchanges.checked import envelope_of
from ocpi_conformance.mock._judging._judgement import Judge, Judgement, about, each
from ocpi_conformance.mock._judging.observed import Observed, answered_well
from ocpi_conformance.mock._record import ClientRequest
from ocpi_conformance.rules.clients import requests as rules

__all__ = ["JUDGES"]

_UNAUTHORIZED: Final = 401
_NOT_ALLOWED: Final = 405
_UNUSABLE: Final = 3001
_WINDOW: Final = 30.0
_REPEATS: Final = 1
_POST, _PUT, _DELETE = "post_credentials", "put_credentials", "delete_credentials"


def _sent(observed: Observed) -> Judgement:
    def fault(entry: ClientRequest) -> str | None:
        return {
            "missing": "the header Authorization is missing",
            "scheme": "the header Authorization has another scheme than Token",
        }.get(entry.coding)

    return each(_here(observed), "Authorization: Token ...", fault)


def _here(observed: Observed) -> list[ClientRequest]:
    return [one for one in observed.entries if one.own_origin]


def _known(observed: Observed) -> Judgement:
    def fault(entry: ClientRequest) -> str | None:
        return (
            "the token is none that was given to the client" if entry.coding == "unknown" else None
        )

    with_token = [one for one in observed.entries if one.coding not in {"missing", "scheme"}]
    return each(with_token, "a token that the mock issued", fault)


def _base64(observed: Observed) -> Judgement:
    wanted = "base64" if observed.base64 else "plain"

    def fault(entry: ClientRequest) -> str | None:
        return None if entry.coding == wanted else f"the token is sent {entry.coding}"

    known = [
        one
        for one in observed.entries
        if one.token and one.endpoint is not None and one.endpoint.interface.module != "versions"
    ]
    return each(known, f"the token {wanted}", fault)


def _ends(operations: tuple[str, ...], is_old: Callable[[ClientRequest], bool]) -> Judge:
    """Make a rule that a token is not used any more once credentials were exchanged."""

    def apply(observed: Observed) -> Judgement:
        exchanged = answered_well(observed.of(*operations))
        if not exchanged:
            return Judgement()
        later = observed.after(exchanged[0])
        old = [one for one in later if one.retired and is_old(one)]
        got = "a token is used that another one has replaced"
        last = exchanged[0]
        breaches = [about(one, "the token of the last answer", got, last) for one in old]
        return Judgement(len(later), breaches)

    return apply


def _stays(observed: Observed) -> Judgement:
    def fault(entry: ClientRequest) -> str | None:
        host = entry.sent.headers.get("host", "another host")
        sent = not entry.own_origin and entry.coding != "missing"
        return f"the token is sent to {host}" if sent else None

    led = [
        one
        for one in observed.entries
        if not one.own_origin or any(name.endswith(":other-host") for name in one.faults)
    ]
    return each(led, "no token at another host", fault)


def _ends_after_401(observed: Observed) -> Judgement:
    refused = [one for one in observed.entries if one.status == _UNAUTHORIZED]
    breaches = []
    for one in refused:
        again = [
            other
            for other in observed.repeats(one, _WINDOW)
            if (other.token, other.coding) == (one.token, one.coding)
        ]
        if len(again) > _REPEATS:
            got = "the same request with the same token came again and again"
            breaches.append(about(again[-1], "an end after 401", got, one))
            break
    return Judgement(len(refused), breaches)


def _credentials_url(observed: Observed) -> Judgement:
    def fault(entry: ClientRequest) -> str | None:
        found = envelope_of(entry.exchange.answer.body) or {}
        if found.get("status_code") != _UNUSABLE:
            return None
        return f"the versions of the client cannot be read: {found.get('status_message')}"

    sent = observed.of(_POST, _PUT) if observed.callbacks else []
    return each(sent, "versions that the token of the credentials opens", fault)


def _registers_once(observed: Observed) -> Judgement:
    def fault(entry: ClientRequest) -> str | None:
        again = entry.status == _NOT_ALLOWED
        return "POST of credentials by a client that is registered" if again else None

    return each(observed.of(_POST), "PUT of credentials once registered", fault)


JUDGES: Final[Mapping[str, Judge]] = {
    rules.TOKEN_SENT.id: _sent,
    rules.TOKEN_KNOWN.id: _known,
    rules.TOKEN_BASE64.id: _base64,
    rules.TOKEN_A_ENDS.id: _ends((_POST,), lambda one: one.token == "A"),  # noqa: S105 - a name
    rules.OLD_TOKEN_ENDS.id: _ends((_PUT, _DELETE), lambda one: one.token.startswith("C")),
    rules.TOKEN_STAYS.id: _stays,
    rules.ENDS_AFTER_401.id: _ends_after_401,
    rules.CREDENTIALS_URL.id: _credentials_url,
    rules.REGISTERS_ONCE.id: _registers_once,
}

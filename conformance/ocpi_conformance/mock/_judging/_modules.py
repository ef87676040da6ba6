"""Rules about what a client does in single modules."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ocpi_conformance.exchanges.checked import OCPI_SUCCESS, envelope_of
from ocpi_conformance.mock._judging._judgement import ClientBreach, Judge, Judgement, about, each
from ocpi_conformance.mock._judging.observed import Observed, answered_well
from ocpi_conformance.mock._party.calling import Call
from ocpi_conformance.mock._record import ClientRequest
from ocpi_conformance.rules.clients import modules as rules
from ocpi_runtime.types import PartyId

__all__ = ["JUDGES"]

Data = dict[str, Any]
_WITH_TOKEN: Final = ("post_start_session", "post_reserve_now")
_DEMANDS: Final = "START_SESSION_CONNECTOR_REQUIRED"
_SOON: Final = 60.0
"""For how many seconds a command may cause requests."""


def _body(entry: ClientRequest) -> Data:
    read = entry.reading
    return read.body if read and isinstance(read.body, dict) else {}


def _uids(location: Data) -> set[str]:
    evses = location.get("evses")
    found = evses if isinstance(evses, list) else []
    return {str(one.get("uid")).lower() for one in found if isinstance(one, dict)}


def _evse_removed(observed: Observed) -> Judgement:
    before: dict[str, ClientRequest] = {}
    asked, breaches = 0, []
    for one in answered_well(observed.of("put_location")):
        url = one.sent.url.partition("?")[0].rstrip("/").lower()
        if url in before:
            asked += 1
            gone = _uids(_body(before[url])) - _uids(_body(one))
            if gone:
                got = f"EVSE {min(gone)} is no more in the location"
                wanted, cause = "the EVSE with the status REMOVED", "an EVSE is left out"
                breaches.append(about(one, wanted, got, before[url], cause=cause))
        before[url] = one
    return Judgement(asked, breaches)


def _sessions_date_from(observed: Observed) -> Judgement:
    def fault(entry: ClientRequest) -> str | None:
        query = entry.sent.url.partition("?")[2]
        return None if "date_from=" in query else "a request without date_from"

    # What comes after the first page is what the Link of the server says.
    first = [one for one in observed.of("get_sessions") if "offset=" not in one.sent.url]
    return each(first, "date_from", fault)


def _token_own(observed: Observed) -> Judgement:
    def fault(entry: ClientRequest) -> str | None:
        token = _body(entry).get("token")
        found = token if isinstance(token, dict) else {}
        owner = PartyId.of(str(found.get("country_code")), str(found.get("party_id")))
        return None if owner in observed.parties else f"a token of {owner}"

    commands = observed.of(*_WITH_TOKEN) if observed.parties else []
    return each(commands, "a token of the client's own parties", fault)


def _connector_required(observed: Observed) -> Judgement:
    demanding = set(_demanding(observed))
    asked, breaches = 0, []
    for one in observed.of("post_start_session"):
        body = _body(one)
        names = (str(body.get("location_id")).lower(), str(body.get("evse_uid")).lower())
        if names not in demanding:
            continue
        asked += 1
        if not body.get("connector_id"):
            wanted = f"connector_id, since the EVSE has {_DEMANDS}"
            breaches.append(about(one, wanted, "a command without connector_id"))
    return Judgement(asked, breaches)


def _demanding(observed: Observed) -> Iterator[tuple[str, str]]:
    """Yield the EVSEs that the client has read, and that demand a connector."""
    for one in observed.of("get_locations", "get_location"):
        data = (envelope_of(one.exchange.answer.body) or {}).get("data")
        for location in data if isinstance(data, list) else [data]:
            if not isinstance(location, dict):
                continue
            for evse in location.get("evses") or ():
                if isinstance(evse, dict) and _DEMANDS in (evse.get("capabilities") or ()):
                    yield str(location.get("id")).lower(), str(evse.get("uid")).lower()


def _command_token_not_asked(observed: Observed) -> Judgement:
    sent = [one for one in observed.calls if one.kind == "command" and _token_of(one)]
    breaches = []
    for call in sent:
        for one in observed.of("post_authorize_token"):
            named = one.reading.path.get("token_uid", "") if one.reading else ""
            if named.lower() == _token_of(call) and call.at - _SOON < one.at < call.at + _SOON:
                got = f"a request to authorize {named}, the token of a command"
                wanted, cause = "no such request", "the token of a command is authorized"
                breaches.append(about(one, wanted, got, cause=cause))
    return Judgement(len(sent), breaches)


def _token_of(call: Call) -> str:
    token = (envelope_of(call.exchange.sent.body or b"") or {}).get("token")
    return str(token.get("uid")).lower() if isinstance(token, dict) else ""


def _update_subscribed(observed: Observed) -> Judgement:
    # The mock sets no profiles.
    updates = observed.of("put_active_charging_profile")
    return each(updates, "updates of sessions with a profile", lambda _: "an update of another")


def _result_without_data(observed: Observed) -> Judgement:
    asked, breaches = 0, []
    for call in observed.calls:
        envelope = envelope_of(call.exchange.answer.body) or {}
        if call.kind != "result" or envelope.get("status_code") not in OCPI_SUCCESS:
            continue
        asked += 1
        if envelope.get("data") is not None:
            got, module = "data in the answer to a result", "commands"
            steps = (call.exchange,)
            wanted, operation = "an answer without data", "post_command_result"
            breaches.append(ClientBreach(wanted, got, got, module, operation, steps))
    return Judgement(asked, breaches)


def _ends_after_delete(observed: Observed) -> Judgement:
    ended = [one for one in answered_well(observed.of("delete_credentials")) if one.token]
    breaches = []
    for end in ended:
        later = [one for one in observed.after(end) if one.token == end.token]
        if later:
            got = "a request with the token of a registration that has ended"
            breaches.append(about(later[0], "no request after DELETE", got, end))
    return Judgement(len(ended), breaches)


JUDGES: Final[Mapping[str, Judge]] = {
    rules.EVSE_REMOVED.id: _evse_removed,
    rules.SESSIONS_DATE_FROM.id: _sessions_date_from,
    rules.TOKEN_OWN.id: _token_own,
    rules.CONNECTOR_REQUIRED.id: _connector_required,
    rules.COMMAND_TOKEN_NOT_ASKED.id: _command_token_not_asked,
    rules.UPDATE_SUBSCRIBED.id: _update_subscribed,
    rules.RESULT_WITHOUT_DATA.id: _result_without_data,
    rules.ENDS_AFTER_DELETE.id: _ends_after_delete,
}

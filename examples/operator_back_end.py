"""A back end that speaks HTTP only runs a CPO and an eMSP, by the operator API of their platforms.

Create both platforms and their keys and start them, as the example with curl in
docs/guides/operator-api.md does at its beginning; then:

    CPO_URL=http://127.0.0.1:8000 CPO_KEY=... EMSP_URL=http://127.0.0.1:8001 EMSP_KEY=... \
        python -m examples.operator_back_end

The settings of both enable the operator API, and those of the CPO have charge_points = true in
[operator]: the back end starts charge points itself. It invites the eMSP, which registers; then
each side stores its objects, and a driver charges. Use new platforms: it invites once.
"""

import os
import time
from collections.abc import Callable
from typing import Any

import httpx2

SUCCESS = 1000
LOCATION = {
    "country_code": "NL", "party_id": "CPO", "id": "LOC1", "publish": True,
    "address": "Stationsplein 1", "city": "Utrecht", "country": "NLD",
    "coordinates": {"latitude": "52.089520", "longitude": "5.109630"},
    "time_zone": "Europe/Amsterdam", "last_updated": "2026-01-01T10:00:00Z",
    "evses": [{
        "uid": "E1", "status": "AVAILABLE", "last_updated": "2026-01-01T10:00:00Z",
        "connectors": [{
            "id": "1", "standard": "IEC_62196_T2", "format": "SOCKET",
            "power_type": "AC_3_PHASE", "max_voltage": 230, "max_amperage": 32,
            "last_updated": "2026-01-01T10:00:00Z",
        }],
    }],
}  # fmt: skip
TOKEN = {
    "country_code": "DE", "party_id": "MSP", "uid": "TOKEN1", "type": "RFID",
    "contract_id": "DE-MSP-C00000001-1", "issuer": "Example Mobility", "valid": True,
    "whitelist": "ALLOWED", "last_updated": "2026-01-01T10:00:00Z",
}  # fmt: skip
START = {"token": TOKEN, "location_id": "LOC1", "evse_uid": "E1", "connector_id": "1"}


class BackEnd:
    """A platform, seen from its back end."""

    def __init__(self, url: str, key: str) -> None:
        headers = {"Authorization": f"Bearer {key}"}
        self.http = httpx2.Client(base_url=f"{url}/operator/v1/", headers=headers, timeout=30)

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Send a request, and return the data of its answer."""
        answer = self.http.request(method, path, json=body).json()
        if answer["status_code"] != SUCCESS:
            raise RuntimeError(answer["status_message"])
        return answer.get("data")

    def wait(self, path: str, until: Callable[[Any], Any]) -> Any:
        """Read a path until it has what is looked for, and return that."""
        for _ in range(300):
            found = until(self.call("GET", path))
            if found:
                return found
            time.sleep(0.1)
        raise TimeoutError(path)


def first(items: list[Any]) -> Any:
    """Return the first item of a list; None where it is empty."""
    return items[0] if items else None


def register(cpo: BackEnd, emsp: BackEnd) -> None:
    """Invite the eMSP, which registers with the token of the invitation."""
    roles = [{"country_code": "DE", "party_id": "MSP", "role": "EMSP"}]
    invited = cpo.call("POST", "partners/invitations", {"name": "Mobility", "roles": roles})
    where = {"versions_url": invited["versions_url"], "token": invited["token"]}
    emsp.call("POST", "partners/registrations", {**where, "name": "Charging"})


def charge(cpo: BackEnd, emsp: BackEnd) -> dict[str, Any]:
    """Start a session at the CPO, complete it, and return it as the eMSP has it."""
    wanted = {"partner": "Charging", "command": "START_SESSION", "body": START}
    request = emsp.call("POST", "requests", wanted)
    # Here the back end of the CPO would talk to its charge point.
    order = cpo.wait("orders?state=OPEN", first)
    done = {"result": "ACCEPTED", "evse_uid": "E1", "connector_id": "1"}
    cpo.call("PUT", f"orders/{order['id']}/result", done)
    emsp.wait(f"requests/{request['id']}", lambda shown: shown["state"] == "DONE")
    session = cpo.wait("own/2.2.1/sessions", first)
    news = {"kwh": 11.2, "status": "COMPLETED", "end_date_time": "2026-12-01T12:00:00Z"}
    cpo.call("PATCH", f"own/2.2.1/sessions/NL/CPO/{session['id']}", news)

    def completed(sessions: list[dict[str, Any]]) -> Any:
        return first([each for each in sessions if each["status"] == "COMPLETED"])

    there: dict[str, Any] = emsp.wait("received/2.2.1/sessions/Charging", completed)
    return there


def main(cpo: BackEnd, emsp: BackEnd) -> None:
    """Register, exchange objects, and charge."""
    register(cpo, emsp)
    cpo.call("PUT", "own/2.2.1/locations/NL/CPO/LOC1", LOCATION)
    emsp.call("PUT", "own/2.2.1/tokens/DE/MSP/TOKEN1", TOKEN)
    location = emsp.wait("received/2.2.1/locations/Charging", first)
    print("The eMSP has the location", location["id"])
    cpo.wait("received/2.2.1/tokens/Mobility", first)
    session = charge(cpo, emsp)
    print("The eMSP has the session with", session["kwh"], "kWh")


if __name__ == "__main__":
    main(
        BackEnd(os.environ["CPO_URL"], os.environ["CPO_KEY"]),
        BackEnd(os.environ["EMSP_URL"], os.environ["EMSP_KEY"]),
    )

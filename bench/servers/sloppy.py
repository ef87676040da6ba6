"""A party that does in every answer several things wrong, and answers at once.

``python -m bench.servers.sloppy PORT``
"""

import json
import sys
from typing import Any

from bench.servers import run

_MESSAGES = ("value is not a valid float", "field required", "length must be lower")


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer lists with objects that lack most, and all else with 422 or with a list of one."""
    if scope["type"] != "http":
        return
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    status, data = _answer(scope["method"], body)
    headers = [(b"content-type", b"application/json"), (b"x-total-count", b"9")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(data).encode()})


def _answer(method: str, body: bytes) -> tuple[int, dict[str, Any]]:
    if len(body) % 3 == 1:
        return 422, {"detail": [{"loc": ["body"], "msg": _MESSAGES[len(body) % 7 % 3]}]}
    data = [{"id": "one", "last_updated": "2026-01-05 06:07:00+00:00"}]
    times = 9 if method == "GET" else 1
    return 200, {"data": data * times, "status_code": 1000, "timestamp": "2026-01-05 06:07:00"}


if __name__ == "__main__":
    run(app, int(sys.argv[1]))

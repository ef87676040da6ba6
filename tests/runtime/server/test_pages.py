"""Lists: offset, limit, Link, X-Total-Count, X-Limit."""

from datetime import UTC, datetime

import pytest

from tests.runtime.server.conftest import Served
from tests.runtime.server.test_envelopes import SENDER, assert_envelope


def test_the_default_page(served: Served) -> None:
    response = served.get(SENDER)
    assert len(response.json()["data"]) == 20
    assert response.headers["x-total-count"] == "100"
    assert response.headers["x-limit"] == "20"
    link = f'<{served.base_url}{SENDER}?offset=20&limit=20>; rel="next"'
    assert response.headers["link"] == link


def test_a_limit_above_the_servers_is_cut(served: Served) -> None:
    response = served.get(f"{SENDER}?limit=5000")
    assert len(response.json()["data"]) == 60
    assert response.headers["x-limit"] == "60"


def test_the_last_page_has_no_link(served: Served) -> None:
    assert "link" not in served.get(f"{SENDER}?offset=90").headers
    assert served.get(f"{SENDER}?offset=99999999999999999999999").json()["data"] == []


def test_filters_stay_in_the_link(served: Served) -> None:
    period = "date_from=2026-01-01T00:00:00&date_to=2026-02-01T00:00:00.5Z"
    response = served.get(f"{SENDER}?{period}")
    assert served.sender.queries[-1].date_from == datetime(2026, 1, 1, tzinfo=UTC)
    link = response.headers["link"]
    assert "date_from=2026-01-01T00:00:00Z" in link
    assert "date_to=2026-02-01T00:00:00.5" in link


def test_following_links_sees_everything_once(served: Served) -> None:
    url, seen = f"{served.base_url}{SENDER}?limit=30", []
    while url:
        response = served.http.get(url, headers={"Authorization": "Token good-token"})
        seen += [one["id"] for one in response.json()["data"]]
        url = response.links.get("next", {}).get("url", "")
    assert seen == [f"LOC{number}" for number in range(100)]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("limit=0", "query:limit"),
        ("limit=-1", "query:limit"),
        ("limit=ten", "query:limit"),
        ("limit=1_0", "query:limit"),
        ("offset=-1", "query:offset"),
        ("offset=", "query:offset"),
        ("date_from=yesterday", "query:date_from"),
        ("date_from=2026-02-30T00:00:00Z", "query:date_from"),
        ("date_to=2026-01-01T00:00:00%2B02:00", "query:date_to"),
    ],
)
def test_broken_parameters(served: Served, query: str, pointer: str) -> None:
    response = served.get(f"{SENDER}?{query}")
    assert_envelope(response, 200, 2001)
    assert [fault["pointer"] for fault in response.json()["violations"]] == [pointer]

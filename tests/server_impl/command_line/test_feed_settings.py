"""Feeds in the settings: what is read, refused, shown, and written by ``ocpi init``."""

from pathlib import Path

import msgspec
import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from ocpi_server import FeedRules, SettingsError, load_settings
from ocpi_server.cli import app
from tests.server_impl.pair import location
from tests.support.commands import run_command
from tests.support.serving import serving

FILE = """\
base_url = "https://ocpi.example.com/ocpi"

[[parties]]
country_code = "NL"
party_id = "EXA"
role = "CPO"
name = "Example"

[[pull.feeds]]
name = "Open data"
url = "https://data.example.com/locations.json.gz"
"""
LOCAL = """\
urls = { allow_http = true, allow_private = true }
"""
TARIFFS = """
[[pull.feeds]]
name = "Open data"
url = "https://data.example.com/tariffs.json"
module = "tariffs"
version = "2.3.0"
dialect = "lenient"
every = 60
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "ocpi.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_feeds_are_read_and_shown(tmp_path: Path) -> None:
    path = written(tmp_path, FILE + TARIFFS)
    first, second = load_settings(path, {}).pull.feeds
    assert first == FeedRules("Open data", "https://data.example.com/locations.json.gz")
    url = "https://data.example.com/tariffs.json"
    assert second == FeedRules("Open data", url, "tariffs", "2.3.0", "lenient", 60.0)
    code, out, _ = run_command(app, ["config", "--config", str(path)])
    assert code == 0
    assert out.count("\n[[pull.feeds]]\n") == 2
    assert f'url = "{url}"  # {path}:15' in out


@pytest.mark.parametrize(
    ("change", "line", "message"),
    [
        (("https://data", "https://me:secret@data"), 11, "user and password are not allowed"),
        (('name = "Open', 'title = "Open'), 10, "unknown key 'title' in [[pull.feeds]]"),
        (('gz"\n', 'gz"\nmodule = "cdrs"\n'), 12, "'cdrs' is not one of locations, tokens"),
        (('gz"\n', 'gz"\nversion = "2.1.1"\n'), 12, "'2.1.1' is not one of 2.2, 2.2.1, 2.3.0"),
    ],
)
def test_what_is_wrong_in_a_feed_is_named(
    tmp_path: Path, change: tuple[str, str], line: int, message: str
) -> None:
    path = written(tmp_path, FILE.replace(*change))
    with pytest.raises(SettingsError) as caught:
        load_settings(path, {})
    assert f"{path}:{line}: " in str(caught.value)
    assert message in str(caught.value)


def test_a_feed_that_is_repeated_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, FILE + TARIFFS.replace('"tariffs"', '"locations"'))
    with pytest.raises(SettingsError, match="locations of 'Open data' is repeated"):
        load_settings(path, {})


def test_the_example_of_init_is_valid_when_it_is_put_in(tmp_path: Path) -> None:
    assert run_command(app, ["init", str(tmp_path)])[0] == 0
    path = tmp_path / "ocpi.toml"
    lines = path.read_text().splitlines()
    at = lines.index("# [[pull.feeds]]")
    lines[at] = lines[at].removeprefix("# ")
    while lines[(at := at + 1)].startswith("#     "):
        lines[at] = lines[at].removeprefix("#     ")
    path.write_text("\n".join(lines))
    (feed,) = load_settings(path, {}).pull.feeds
    assert feed == FeedRules("Open data", "https://data.example.com/locations.json.gz")


def test_a_feed_is_pulled_by_its_name(tmp_path: Path) -> None:
    feed = msgspec.json.encode([location("L1"), location("L2")])
    served = Starlette(routes=[Route("/locations.json", lambda _: Response(feed))])
    with serving(lambda _: served) as url:
        text = FILE.replace("https://data.example.com/locations.json.gz", f"{url}/locations.json")
        path = written(tmp_path, f"{LOCAL}{text}")
        config = ("--config", str(path))
        assert run_command(app, ["db", "upgrade", *config])[0] == 0
        code, out, _ = run_command(app, ["pull", "Open data", "--json", *config])
        assert (code, msgspec.json.decode(out)[0]["created"]) == (0, 2)
        assert run_command(app, ["status", *config])[0] == 0
    code, out, _ = run_command(app, ["pull", "Open data", "--json", *config])
    assert (code, msgspec.json.decode(out)[0]["module"]) == (1, "locations")
    code, out, _ = run_command(app, ["status", *config])
    assert code == 1
    assert "! Open data: the pull of locations failed 1 times: " in out

"""A server that answers every operation of some bundles with the example that is there."""

import json
import threading
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

__all__ = ["ExampleServer"]


class ExampleServer:
    """Serves on a free port of this machine, each bundle below a path of its own.

    Args:
        bundles: The files of the bundles.
    """

    def __init__(self, bundles: Iterable[Path]) -> None:
        documents = {_base(path): json.loads(path.read_bytes()) for path in bundles}

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                _, base, *steps = urlsplit(self.path).path.split("/")
                status, headers, body = _answer(documents[base], self.command.lower(), steps)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def __getattr__(self, name: str) -> Any:
                """Answer every method, such as ``do_TRACE``."""
                if name.startswith("do_"):
                    return self.answer
                raise AttributeError(name)

            def log_message(self, *_: object) -> None:
                """Print nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def url(self, path: Path) -> str:
        """Return the endpoint URL of a bundle."""
        return f"http://127.0.0.1:{self._server.server_port}/{_base(path)}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def _base(path: Path) -> str:
    return f"{path.parent.parent.name}.{path.stem}"


def _answer(document: Any, method: str, steps: list[str]) -> tuple[int, dict[str, str], bytes]:
    for template, item in document["paths"].items():
        if method in item and _matches(template.split("/")[1:], steps):
            status, answer = next(
                (code, one) for code, one in item[method]["responses"].items() if code[0] == "2"
            )
            body = json.dumps(answer["content"]["application/json"]["example"]).encode()
            headers = {name: "1" for name in answer.get("headers", {}) if name != "Link"}
            headers |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
            return int(status), headers, body
    error = document["components"]["responses"]["MethodNotAllowed"]
    body = json.dumps(error["content"]["application/json"]["example"]).encode()
    headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}
    headers |= dict.fromkeys(error.get("headers", {}), "1")
    return 405, headers, body


def _matches(template: list[str], steps: list[str]) -> bool:
    return len(template) == len(steps) and all(
        one.startswith("{") or one == step for one, step in zip(template, steps, strict=True)
    )

"""Other tools over every bundle: linters, generators of clients, a compiler, a tester.

Run it by hand with ``python -m tests.interop.other_tools [NAME...]``; it prints a table and ends
with 1 if a tool has a complaint. It needs node with npm and Java, installs the tools at the
versions below into ``build/interop``, and leaves all that they print in ``build/interop/logs``.
"""

import json
import re
import resource
import subprocess
import sys
import venv
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from click.testing import CliRunner
from rich.console import Console
from rich.table import Table
from schemathesis.cli import schemathesis as schemathesis_command

from tests.interop.example_server import ExampleServer

NPM: Final = (
    "@redocly/cli@2.77.0",
    "@stoplight/spectral-cli@6.16.3",
    "openapi-typescript@7.13.0",
    "typescript@5.9.3",
)
PYTHON: Final = ("openapi-generator-cli==7.26.0",)
"""schemathesis is the one of our own locked requirements."""
LANGUAGES: Final = ("typescript-fetch", "java")
CHECKS: Final = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)

ROOT: Final = Path(__file__).parents[2]
WORK: Final = ROOT / "build" / "interop"
LOGS: Final = WORK / "logs"
BUNDLES: Final = tuple(sorted((ROOT / "generated" / "ocpi_bindings").glob("*/documents/*.*.json")))
"""The bundles of all versions; ``schemas.json`` has no operations and is none."""
_COMPLAINT: Final = re.compile(r"\b(WARN|ERROR)\b|Exception")
_BIN: Final = WORK / "node_modules" / ".bin"
_VENV: Final = WORK / "python" / "bin"


def _name(path: Path) -> str:
    return f"{path.parent.parent.name}.{path.stem}"


def _run(*words: str | Path) -> tuple[int, str]:
    """Run a tool; return its exit code and all that it printed."""
    done = subprocess.run(  # noqa: S603 - words of ours
        [str(word) for word in words], cwd=WORK, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def _complaints(code: int, text: str) -> list[str]:
    return [] if code == 0 else [text.strip()]


def install() -> None:
    """Install the tools; what is there already stays."""
    WORK.mkdir(parents=True, exist_ok=True)
    npm = ("install", "--no-save", "--no-package-lock", "--no-audit", "--no-fund")
    if not _VENV.exists():
        venv.create(WORK / "python", with_pip=True)
    for tool, words in (("npm", (*npm, *NPM)), (_VENV / "pip", ("install", "-q", *PYTHON))):
        code, text = _run(tool, *words)
        if code:
            sys.exit(f"{tool} failed:\n{text}")


def redocly() -> list[str]:
    """Lint with the rules ``recommended``; a warning counts too."""
    (WORK / "redocly.yaml").write_text("extends: [recommended]\n")
    options = ("--config", "redocly.yaml", "--format", "checkstyle", "--max-problems", "999")
    code, text = _run(_BIN / "redocly", "lint", *options, *BUNDLES)
    return _complaints(code or int("<error " in text), text)


def spectral() -> list[str]:
    """Lint with the rules ``spectral:oas``; a warning counts too."""
    (WORK / "spectral.yaml").write_text('extends: ["spectral:oas"]\n')
    options = ("--ruleset", "spectral.yaml", "--fail-severity", "warn", "--quiet")
    return _complaints(*_run(_BIN / "spectral", "lint", *options, *BUNDLES))


def typescript() -> list[str]:
    """Write types with openapi-typescript and compile them."""
    targets = {_name(path): WORK / "types" / f"{_name(path)}.ts" for path in BUNDLES}
    apis = {
        _name(path): {"root": str(path), "x-openapi-ts": {"output": str(targets[_name(path)])}}
        for path in BUNDLES
    }
    config = WORK / "types.yaml"
    config.write_text(json.dumps({"apis": apis}))
    found = _complaints(*_run(_BIN / "openapi-typescript", "--redocly", config))
    return found or _complaints(*_run(_BIN / "tsc", "--noEmit", "--strict", *targets.values()))


def openapi_generator() -> list[str]:
    """Write clients in several languages."""
    configs = WORK / "configs"
    configs.mkdir(exist_ok=True)
    for language in LANGUAGES:
        for path in BUNDLES:
            target = WORK / "clients" / language / _name(path)
            config = {"generatorName": language, "inputSpec": str(path), "outputDir": str(target)}
            (configs / f"{language}.{_name(path)}.json").write_text(json.dumps(config))
    files = sorted(configs.glob("*.json"))
    code, text = _run(_VENV / "openapi-generator-cli", "batch", *files)
    lines = [line for line in text.splitlines() if _COMPLAINT.search(line)]
    return lines or _complaints(code, text)


def schemathesis() -> list[str]:
    """Send the examples of each bundle to a server that answers with its examples.

    What has neither parameters nor bodies has no examples; it is called as it is, which is the
    phase ``coverage``.
    """
    found: list[str] = []
    options = ("--checks", ",".join(CHECKS), "--max-examples", "1", "--phases")
    with ExampleServer(BUNDLES) as server:
        for path in BUNDLES:
            phase = "examples" if _takes_any(path) else "coverage"
            words = ("run", str(path), "--url", server.url(path), *options, phase)
            done = CliRunner().invoke(schemathesis_command, words)
            found += _complaints(done.exit_code, done.output)
    return found


def _takes_any(path: Path) -> bool:
    """Return whether an operation of a bundle has parameters or a body."""
    paths = json.loads(path.read_bytes())["paths"]
    operations = (one for item in paths.values() for one in item.values())
    return any(one.get("parameters") or "requestBody" in one for one in operations)


TOOLS: Final[dict[str, Callable[[], list[str]]]] = {
    "redocly": redocly,
    "spectral": spectral,
    "typescript": typescript,
    "openapi-generator": openapi_generator,
    "schemathesis": schemathesis,
}


def main(names: Iterable[str]) -> int:
    """Run the tools of these names, or all; return the exit code."""
    chosen = list(names) or list(TOOLS)
    if unknown := sorted(set(chosen) - set(TOOLS)):
        sys.stderr.write(f"{', '.join(unknown)}: no such tool. Use {', '.join(TOOLS)}.\n")
        return 2
    install()
    LOGS.mkdir(exist_ok=True)
    table = Table("tool", "bundles", "complaints", "CPU seconds")
    failed = False
    for name in chosen:
        before = _cpu_seconds()
        complaints = TOOLS[name]()
        failed = failed or bool(complaints)
        (LOGS / f"{name}.log").write_text("\n".join(complaints))
        spent = f"{_cpu_seconds() - before:.0f}"
        table.add_row(name, str(len(BUNDLES)), str(len(complaints)), spent)
        sys.stderr.writelines(f"{name}: {line}\n" for line in complaints[:20])
    Console().print(table)
    return int(failed)


def _cpu_seconds() -> float:
    """Return what this process and its children, the tools, have spent."""
    spent = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in spent)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

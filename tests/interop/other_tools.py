"""Other tools over every bundle: linters, generators of clients, a compiler, a tester.

Run it by hand with ``python -m tests.interop.other_tools [NAME...]``; it ends with 1 if a tool has
a complaint. It needs node with npm and Java, and installs the tools at the versions below into
``build/interop``.
"""

import json
import re
import subprocess
import sys
import venv
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from tests.interop.example_server import ExampleServer

NPM: Final = (
    "@redocly/cli@2.77.0",
    "@stoplight/spectral-cli@6.16.3",
    "openapi-typescript@7.13.0",
    "typescript@5.9.3",
)
PYTHON: Final = ("openapi-generator-cli@7.26.0", "schemathesis@4.32.5")
LANGUAGES: Final = ("typescript-fetch", "java", "go", "kotlin", "csharp")
CHECKS: Final = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)

ROOT: Final = Path(__file__).parents[2]
WORK: Final = ROOT / "build" / "interop"
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
    pins = [pin.replace("@", "==") for pin in PYTHON]
    for tool, words in (("npm", (*npm, *NPM)), (_VENV / "pip", ("install", "-q", *pins))):
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
    found: list[str] = []
    out = WORK / "types"
    for path in BUNDLES:
        target = out / f"{_name(path)}.ts"
        found += _complaints(*_run(_BIN / "openapi-typescript", path, "-o", target))
    files = sorted(out.glob("*.ts"))
    return found + _complaints(*_run(_BIN / "tsc", "--noEmit", "--strict", *files))


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
    """Send the examples of each bundle to a server that answers with its examples."""
    found: list[str] = []
    with ExampleServer(BUNDLES) as server:
        for path in BUNDLES:
            options = ("--phases", "examples", "--max-examples", "1")
            words = ("run", path, "--url", server.url(path), "--checks", ",".join(CHECKS), *options)
            found += _complaints(*_run(_VENV / "schemathesis", *words))
    return found


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
    failed = False
    for name in chosen:
        complaints = TOOLS[name]()
        failed = failed or bool(complaints)
        sys.stdout.write(f"{name}: {len(BUNDLES)} bundles, {len(complaints)} complaints\n")
        sys.stdout.writelines(f"  {line}\n" for line in complaints[:20])
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""A finding as lines of plain text, with everything that is needed to reproduce it."""

from collections.abc import Iterator

from ocpi_conformance.exchanges.wire import shown
from ocpi_conformance.reports._finding import Finding
from ocpi_conformance.reports._visible import visible

__all__ = ["finding_lines", "finding_text", "headline", "where"]

_WIDTH = 2000


def headline(finding: Finding) -> str:
    """Return what is wrong in one line: the title, which may be the requirement, and the result."""
    title, got = finding.title.rstrip("."), " ".join(finding.got.split())
    return title if not got or got in title else f"{title}; got: {got}"


def finding_lines(finding: Finding) -> Iterator[str]:
    """Yield a finding line by line."""
    yield f"{finding.severity.value}: {finding.title}"
    facts = {
        "rule": ", ".join(finding.rules),
        "at": where(finding),
        "pointer": finding.pointer,
        "expected": finding.expected,
        "got": finding.got,
        "clause": f"{finding.clause} ({finding.strength.value})" if finding.clause else "",
        "see": finding.why,
        "fix": finding.fix,
        "fingerprint": finding.fingerprint,
    }
    yield from (f"  {name}: {value}" for name, value in facts.items() if value)
    for step in finding.steps:
        answer = shown(step.answer)
        yield f"  {step.sent.curl()}"
        yield f"  -> HTTP {answer['status']} {answer['body'][:_WIDTH]}".rstrip()


def finding_text(finding: Finding) -> str:
    """Return a finding as text that is safe to print."""
    return visible("\n".join(finding_lines(finding)))


def where(finding: Finding) -> str:
    """Return where a finding shows, in one line."""
    return ", ".join(
        f"{one.target} {one.operation}" + (f" ({one.times} times)" if one.times > 1 else "")
        for one in finding.occurrences
    )

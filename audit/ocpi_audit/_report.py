"""Reports of audits: a table and a list for people, JSON for programs."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from ocpi_audit._compare import Difference
from ocpi_audit._errata import Explanation
from ocpi_audit._facts import Kind, SourcePosition
from ocpi_audit._run import Audit
from ocpi_audit._sources import Sources
from ocpi_audit.examples import ExampleResult

__all__ = ["as_json", "as_text", "summary"]

_SHOWN: Final = (
    Kind.CLASS,
    Kind.PROPERTY,
    Kind.VALUE,
    Kind.OPERATION,
    Kind.PARAMETER,
    Kind.HEADER,
)
_WIDE: Final = 23


def as_json(audits: Sequence[Audit], root: Path) -> str:
    """Write audits as JSON.

    Args:
        audits: What came of them.
        root: The folder of the documents, for the lines in them.
    """
    report = {
        "passed": all(each.passed for each in audits),
        "audits": [_audit(each, Sources(root, each.version)) for each in audits],
    }
    return json.dumps(report, indent=2) + "\n"


def _audit(audit: Audit, sources: Sources) -> dict[str, Any]:
    results = audit.examples.results if audit.examples else ()
    return {
        "name": audit.name,
        "version": audit.version,
        "specification": audit.source,
        "commit": audit.commit or None,
        "passed": audit.passed,
        "facts": sum(audit.comparison.counts.values()),
        "modules": {module: _module(audit, module) for module in _modules(audit)},
        "differences": [_difference(each, sources) for each in audit.comparison.differences],
        "examples": [_example(each) for each in results],
        "stale": [{"erratum": one.erratum, "explains": one.what} for one in _stale(audit)],
    }


def _module(audit: Audit, module: str) -> dict[str, int]:
    counts = {
        kind.value: count
        for (name, kind), count in audit.comparison.subjects.items()
        if name == module
    }
    own = [each for each in audit.comparison.differences if each.module == module]
    explained = sum(1 for each in own if each.erratum)
    return {
        **counts,
        "facts": audit.comparison.counts[module],
        "differences": len(own),
        "explained": explained,
    }


def _difference(each: Difference, sources: Sources) -> dict[str, Any]:
    there, here, written = each.there, each.here, sources.find(each.subject)
    return {
        "subject": each.subject,
        "aspect": each.aspect,
        "specified": each.specified,
        "bundled": each.bundled,
        "module": each.module,
        "erratum": each.erratum or None,
        "specification": there
        and {"file": there.document, "line": there.line, "section": there.section},
        "bundle": here and {"document": here.document, "pointer": here.section},
        "source": written and {"file": written[0], "line": written[1]},
    }


def _example(each: ExampleResult) -> dict[str, Any]:
    return {
        "name": each.name,
        "class": each.kind or None,
        "passed": not each.faults,
        "faults": list(each.faults),
        "erratum": each.erratum or None,
        "file": each.place.document,
        "line": each.place.line,
    }


def as_text(audit: Audit, root: Path, *, explained: bool) -> str:
    """Write an audit for people.

    Args:
        audit: What came of it.
        root: The folder of the documents, for the lines in them.
        explained: Whether to list differences that errata explain.
    """
    sources = Sources(root, audit.version)
    commit = f" ({audit.commit})" if audit.commit else ""
    lines = [f"OCPI {audit.name}, as {audit.source}{commit} says", "", *_table(audit), ""]
    for difference in audit.comparison.differences:
        if explained or not difference.erratum:
            lines += _difference_lines(difference, sources)
    for result in audit.examples.results if audit.examples else ():
        if result.faults and (explained or not result.erratum):
            lines += _shown(result)
    lines += [
        f"stale: {one.erratum} explains {one.what}, which is no difference any more"
        for one in _stale(audit)
    ]
    return "\n".join(lines).rstrip() + "\n"


def summary(audit: Audit) -> str:
    """Return the result of an audit in one line."""
    facts = sum(audit.comparison.counts.values())
    found = audit.comparison
    text = (
        f"{audit.name}: {facts} facts compared, {len(found.unexplained)} unexplained differences, "
        f"{len(found.differences) - len(found.unexplained)} explained"
    )
    if audit.examples:
        results = audit.examples.results
        failed = [each for each in results if each.faults]
        known = len(failed) - len(audit.examples.unexplained)
        text += f"; {len(results)} examples, {len(results) - len(failed)} pass, {known} explained"
    stale = len(_stale(audit))
    return text + (f"; {stale} stale explanations" if stale else "") + "."


def _table(audit: Audit) -> Iterator[str]:
    """Write the coverage of each module."""
    titles = [kind.value for kind in _SHOWN] + ["facts", "differences", "explained"]
    yield "module".ljust(_WIDE) + "".join(title.rjust(len(title) + 2) for title in titles)
    total: Counter[str] = Counter()
    for module in _modules(audit):
        counts = _module(audit, module)
        total.update(counts)
        yield _row(module, counts, titles)
    yield _row("all", total, titles)


def _row(name: str, counts: Mapping[str, int], titles: Sequence[str]) -> str:
    cells = (str(counts.get(title, 0)).rjust(len(title) + 2) for title in titles)
    return name.ljust(_WIDE) + "".join(cells)


def _difference_lines(difference: Difference, sources: Sources) -> Iterator[str]:
    why = f"  ({difference.erratum})" if difference.erratum else ""
    yield f"{difference}{why}"
    yield f"    specification  {_where(difference.there)}"
    yield f"    bundle         {_pointed(difference.here)}"
    if written := sources.find(difference.subject):
        yield f"    source         {written[0]}:{written[1]}"


def _shown(result: ExampleResult) -> Iterator[str]:
    why = f"  ({result.erratum})" if result.erratum else ""
    yield f"example {result.name}, {result.kind or 'of no class'}{why}"
    yield f"    specification  {_where(result.place)}"
    for fault in result.faults:
        yield f"    {fault}"


def _where(place: SourcePosition | None) -> str:
    if place is None:
        return "nowhere"
    section = f" ({place.section})" if place.section else ""
    return f"{place.document}:{place.line}{section}"


def _pointed(place: SourcePosition | None) -> str:
    return "nowhere" if place is None else f"{place.document}#{place.section}"


def _modules(audit: Audit) -> list[str]:
    return sorted(audit.comparison.counts)


def _stale(audit: Audit) -> list[Explanation]:
    return [*audit.comparison.stale, *(audit.examples.stale if audit.examples else ())]

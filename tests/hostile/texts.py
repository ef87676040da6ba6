"""JSON texts that cost much to those who read them carelessly.

Every maker takes a source of chance and an object that is right, or nearly, and returns a text.
"""

import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any, Final, TypeAlias

__all__ = ["KINDS", "LARGEST", "text"]

LARGEST: Final = 2 * 1024 * 1024 - 4096
_HOLE: Final = "@@HOLE@@"
Maker: TypeAlias = Callable[[Random, Any], bytes]

_ITEMS: Final = (
    b"{}", b"[]", b"null", b"0", b'""', b'"#NA"', b"257", b"1.5", b"-0", b'{"":0}', b"[[]]",
    b'{"a":{}}', b'"ab"', b"true", b'{"id":"1"}', b'"2024-01-01T00:00:00"', b"1e5", b'"\\ud83d"',
)  # fmt: skip
_STRINGS: Final = (
    b"a", b'\\"', b"\\\\", b"\\u0000", b"\\ud800", b"\\u00e9", b"\xc3\xa9", b"\xff",
    b"\xf0\x9f\x98\x80", b"\x01", b" ", b"[", b"{[", b"+00:00", b"T10:00:00",
    b"2024-01-01T00:00:00.", b"\\u003a", b"~/", b"1", b"<", b"%00",
)  # fmt: skip
_NUMBERS: Final = (
    b"1e999999", b"-1e999999", b"1e-999999", b"1e9999999999999999999", b"0.%b1", b"%b", b"-%b",
    b"%b.%b", b"1.%be5", b"9007199254740993", b"18446744073709551616", b"1E400", b"0e%b",
)  # fmt: skip
_NO_JSON: Final = (
    b"NaN", b"-Infinity", b"undefined", b"'a'", b"0x1F", b"01", b"+1", b".5", b"1.", b"True",
    b"1_000", b"[1,]", b"{a:1}", b'{"a":1,}', b"/**/1", b"1//a", b'"a\tb"', b'"\\x41"', b"`a`",
)  # fmt: skip
_URLS: Final = (
    b"https://@", b"http://[@]/", b"https://a:@b", b"https://a.example/@", b"https://@:99999/",
    b"//@", b"https://a.example?@#@", b"https:@", b"javascript:@", b"https://xn--@",
)  # fmt: skip
_URL_PIECES: Final = (
    b"a.", b":", b"a@", b"%", b"../", b"\xf0\x9f\x98\x80", b"1", b"ff::", b"\\u0000", b" ", b"{",
    b"\\ud800",
)  # fmt: skip
_TIMES: Final = (
    b"9999-12-31T23:59:60Z", b"0000-00-00T00:00:00Z", b"2026-02-30T00:00:00Z", b"-2026-01-01",
    b"2026-01-01T00:00:00+99:99", b"2026-01-01T00:00:00.000000000000001Z", b"1e9", b"T", b"Z",
    b"2026-W01-1T00:00:00Z", b"20260101T000000Z", b"2026-01-01T24:00:00Z", b"\xd9\xa2\xd9\xa0",
)  # fmt: skip


def text(kind: str, chance: Random, sample: Any) -> bytes:
    """Return a text of one of the ``KINDS``, at most 2 MB long."""
    return KINDS[kind](chance, sample)[:LARGEST]


def _count(chance: Random, size: int) -> int:
    """Choose how many times something of a size comes: often few, sometimes all that fits."""
    most = max(2, (LARGEST - 16_384) // (size + 1))
    return min(most, int(10 ** chance.uniform(1, 6.3)))


def _places(node: Any) -> Iterator[tuple[Any, Any]]:
    """Walk through all fields and items: the container, and the step in it."""
    if isinstance(node, dict | list):
        for step in list(node) if isinstance(node, dict) else range(len(node)):
            yield node, step
            yield from _places(node[step])


def _filled(chance: Random, sample: Any, hole: bytes, *, lists: bool = False) -> bytes:
    """Put a text in the place of one value of an object, or of a field that nobody knows."""
    document = json.loads(json.dumps(sample))
    places = [*_places(document)]
    if lists:
        places = [(node, step) for node, step in places if isinstance(node[step], list)] or places
    if not places or chance.random() < 0.15:
        first = document[0] if isinstance(document, list) else document
        places = [(first, "x_unknown")]
    node, step = chance.choice(places)
    node[step] = _HOLE
    return json.dumps(document).encode().replace(b'"%b"' % _HOLE.encode(), hole)


def _many(chance: Random, sample: Any) -> bytes:
    own = [node[step] for node, step in _places(sample) if isinstance(node[step], dict)]
    items = [*_ITEMS, *(json.dumps(each).encode() for each in own)]
    item = chance.choice(items)
    joined = b",".join([item] * _count(chance, len(item)))
    return _filled(chance, sample, b"[%b]" % joined, lists=True)


def _mixed(chance: Random, sample: Any) -> bytes:
    own = [node[step] for node, step in _places(sample) if isinstance(node[step], dict)]
    right = json.dumps(chance.choice(own or [{}])).encode()
    wrong = chance.choice(_ITEMS)
    count = _count(chance, len(right) + len(wrong)) // 2
    last = b"," + chance.choice(_ITEMS) if chance.random() < 0.5 else b""
    return _filled(chance, sample, b"[" + b",".join([right, wrong] * count) + last + b"]")


def _levels(chance: Random, sample: Any) -> bytes:
    depth = chance.choice([5, 9, 28, 30, 31, 33, 100, 1000, 100_000, 500_000])
    opened, closed = chance.choice([(b"[", b"]"), (b'{"a":', b"}"), (b'[{"":', b"}]")])
    inner = opened * depth + b"0" + closed * depth
    times = max(1, _count(chance, len(inner)) if chance.random() < 0.6 else 1)
    inner = b"[" + b",".join([inner] * times) + b"]" if times > 1 else inner
    return _filled(chance, sample, inner[:LARGEST])


def _string(chance: Random, sample: Any) -> bytes:
    piece = chance.choice(_STRINGS)
    long = piece * _count(chance, len(piece))
    end = b"" if chance.random() < 0.25 else b'"'
    if chance.random() < 0.3:
        return b'{"' + long + end + b":" + chance.choice(_ITEMS) + b"}"
    return _filled(chance, sample, b'"' + long + end)


def _number(chance: Random, sample: Any) -> bytes:
    pattern = chance.choice(_NUMBERS)
    digits = chance.choice(b"019".decode()).encode() * _count(chance, 1)
    number = pattern.replace(b"%b", digits)
    if chance.random() < 0.3:
        number = b"[" + b",".join([pattern.replace(b"%b", b"7")] * _count(chance, 12)) + b"]"
    return _filled(chance, sample, number)


def _keys(chance: Random, sample: Any) -> bytes:
    names = list(sample) if isinstance(sample, dict) and sample else ["a"]
    same = chance.random() < 0.5
    count = _count(chance, 24)
    fixed = chance.choice(names)
    item = chance.choice(_ITEMS)
    name = fixed if same else chance.choice(["k{}", "k{}", "\\ud83d{}", "/~{}", "é{}"])
    fields = (b'"%b":%b' % (name.format(n).encode(), item) for n in range(count))
    inner = b"{" + b",".join(fields) + b"}"
    return inner if chance.random() < 0.5 else _filled(chance, sample, inner)


def _no_json(chance: Random, sample: Any) -> bytes:
    """Write what other readers take for JSON."""
    value = chance.choice(_NO_JSON)
    many = b",".join([value] * _count(chance, len(value)))
    return _filled(chance, sample, chance.choice([value, b"[%b]" % many]))


def _urls(chance: Random, sample: Any) -> bytes:
    piece = chance.choice(_URL_PIECES)
    url = chance.choice(_URLS).replace(b"@", piece * min(_count(chance, 30), 20_000))
    if chance.random() < 0.5:
        url = url[: chance.choice([254, 255, 256])]
    return _in_texts(sample, b'"%b"' % url, "url")


def _times(chance: Random, sample: Any) -> bytes:
    return _in_texts(sample, b'"%b"' % chance.choice(_TIMES), "T03:04:05")


def _in_texts(sample: Any, value: bytes, mark: str) -> bytes:
    """Put a text in the place of all whose name or value has a mark."""
    document = json.loads(json.dumps(sample))
    for node, step in _places(document):
        if isinstance(node[step], str) and (mark in str(step) or mark in node[step]):
            node[step] = _HOLE
    return json.dumps(document).encode().replace(b'"%b"' % _HOLE.encode(), value)


def _soup(chance: Random, _sample: Any) -> bytes:
    parts = [b"[", b"]", b"{", b"}", b'"', b"\\", b",", b":", b"1", b"null", b'{"a":', b'"["', b" "]
    some = b"".join(chance.choice(parts) for _ in range(chance.randint(1, 60)))
    return some * max(1, _count(chance, len(some)))


def _cut(chance: Random, sample: Any) -> bytes:
    whole = KINDS[chance.choice(["many", "levels", "string", "keys"])](chance, sample)
    return whole[: chance.randint(0, len(whole))]


def _coded(chance: Random, sample: Any) -> bytes:
    whole = json.dumps(sample)
    coding = chance.choice(["utf-16", "utf-32", "utf-8-sig", "utf-7", "latin-1"])
    if coding == "latin-1":
        return whole.replace("A1", "é" * _count(chance, 1)).encode("latin-1", "replace")
    return (whole + " " * _count(chance, 4)).encode(coding)


def _space(chance: Random, sample: Any) -> bytes:
    space = chance.choice([b" ", b"\n", b"\t", b"\r\n", b"\x00", b"\xa0"])
    return json.dumps(sample).encode().replace(b":", b":" + space * (_count(chance, 1) // 20))


def _placeholders(chance: Random, sample: Any) -> bytes:
    document = json.loads(json.dumps(sample))
    for node, step in _places(document):
        if isinstance(node, dict) and isinstance(node.get(step), str) and chance.random() < 0.8:
            node[step] = "#NA"
    inner = [node[step] for node, step in _places(document) if isinstance(node[step], dict)]
    item = json.dumps(chance.choice(inner or [document])).encode()
    joined = b"[" + b",".join([item] * _count(chance, len(item))) + b"]"
    return _filled(chance, document, joined, lists=True)


def _large(chance: Random, sample: Any) -> bytes:
    """Repeat a right item of a right object: large, and perhaps taken."""
    document = json.loads(json.dumps(sample))
    lists = [node[step] for node, step in _places(document) if isinstance(node[step], list)]
    for items in chance.sample(lists, min(len(lists), chance.choice([1, 1, 2]))):
        most = max(2, LARGEST // (2 * len(json.dumps(items)) + 1))
        items.extend(items * min(most, int(10 ** chance.uniform(1, 4.2))))
    made = json.dumps(document, separators=(",", ":")).encode()
    return made if len(made) <= LARGEST else _right(chance, sample)


def _unknown(chance: Random, sample: Any) -> bytes:
    """Put what another kind makes into a field that nobody knows of a right object."""
    inner = KINDS[chance.choice(["many", "mixed", "levels", "string", "number", "keys"])]
    hole = inner(chance, {"a": [{}]})[: LARGEST - 20_000]
    first = sample[0] if isinstance(sample, list) else sample
    changed = json.dumps({**first, "x_unknown": _HOLE}).encode()
    return changed.replace(b'"%b"' % _HOLE.encode(), hole)


def _right(_chance: Random, sample: Any) -> bytes:
    return json.dumps(sample).encode()


KINDS: Final[dict[str, Maker]] = {
    "many": _many,
    "mixed": _mixed,
    "levels": _levels,
    "string": _string,
    "number": _number,
    "no JSON": _no_json,
    "urls": _urls,
    "times": _times,
    "keys": _keys,
    "soup": _soup,
    "cut": _cut,
    "coded": _coded,
    "space": _space,
    "placeholders": _placeholders,
    "large": _large,
    "unknown": _unknown,
    "right": _right,
}

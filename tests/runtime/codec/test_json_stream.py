"""JSON read value by value from streams, plain and compressed."""

import codecs
import gzip
import io
import json
import zipfile
from typing import Any

import pytest

from ocpi_runtime.json_content import contents
from ocpi_runtime.json_stream import BrokenJson, JsonSource, array_items

WHOLE: list[Any] = [
    {"a": ']},"[{'}, {}, 12, -1.5e3, "é\n", [1, [2]], None, {"b": {"c": []}}, "\ud83d\ude00", -7
]  # fmt: skip


def split(text: bytes, chunk: int = 1024, largest: int = 10_000) -> list[Any]:
    source = JsonSource(io.BytesIO(text).read, chunk=chunk, largest=largest)
    return [json.loads(each) for each in array_items(source)]


@pytest.mark.parametrize("chunk", [1, 2, 7, 1024])
def test_an_array_is_split_wherever_the_chunks_end(chunk: int) -> None:
    whole = json.loads(json.dumps(WHOLE))
    assert split(json.dumps(whole).encode(), chunk) == whole
    assert split(b" [ ] ", chunk) == []
    assert split(codecs.BOM_UTF8 + json.dumps(whole, indent=3).encode(), chunk) == whole
    assert split(json.dumps(whole[:5], ensure_ascii=False).encode(), chunk) == whole[:5]


@pytest.mark.parametrize(
    "text", ["", "{}", "[", "[{}", "[{},", "[{},]", '[{"a":}]', "[{} {}]", "[nonsense]", "[1"]
)
def test_what_is_no_array_is_refused(text: str) -> None:
    with pytest.raises(BrokenJson, match="at byte"):
        split(text.encode())


def test_what_is_nested_without_end_is_refused() -> None:
    with pytest.raises(BrokenJson, match="nested too deeply"):
        split(b"[" * 100_000, largest=1_000_000)


@pytest.mark.parametrize("chunk", [7, 1000, 1_000_000])
@pytest.mark.parametrize(
    "deep",
    [
        b"[" * 3000 + b"]" * 3000,
        b'{"a":' * 3000 + b"1" + b"}" * 3000,
        b'["]]}\\"\\\\",' * 3000 + b"1" + b"]" * 3000,
        b"[" * 3000 + b"}" * 3000,
    ],
)
def test_what_is_nested_too_deeply_for_the_decoder_costs_no_other(deep: bytes, chunk: int) -> None:
    source = JsonSource(io.BytesIO(b'[{"a": 1}, %b , 2, %b]' % (deep, deep)).read, chunk=chunk)
    assert list(array_items(source)) == [b'{"a": 1}', deep, b"2", deep]


def test_an_object_without_end_is_stopped() -> None:
    endless = io.BytesIO(b'[{"a": "' + b"x" * 5000)
    with pytest.raises(BrokenJson, match="more than 1000 bytes"):
        list(array_items(JsonSource(endless.read, chunk=100, largest=1000)))
    assert endless.tell() < 2000


def test_values_follow_each_other() -> None:
    source = JsonSource(io.BytesIO(b'{"a": 1}\n{"b": 2} 3 ').read, chunk=3)
    assert [source.value(), source.value(), source.value()] == [b'{"a": 1}', b'{"b": 2}', b"3"]
    assert (source.peek(), source.offset) == (b"", 20)


def read(data: bytes) -> list[tuple[str, str, Any]]:
    return [
        (each.name, each.form, json.loads(each.source.value()))
        for each in contents(io.BytesIO(data))
    ]


def archive(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in members.items():
            out.writestr(name, data)
    return file.getvalue()


def test_the_content_decides_about_the_form() -> None:
    text = '["é"]'
    assert read(text.encode()) == [("", "plain", ["é"])]
    assert read(codecs.BOM_UTF8 + text.encode()) == [("", "plain", ["é"])]
    assert read(text.encode("utf-16")) == [("", "plain", ["é"])]
    assert read(gzip.compress(text.encode())) == [("", "gzip", ["é"])]
    packed = archive(a=text.encode(), readme=b"words", b=b" {}")
    assert read(packed) == [("a", "zip", ["é"]), ("b", "zip", {})]


@pytest.mark.parametrize(
    "data",
    [
        gzip.compress(b"[1, 2, 3]" * 100)[:-12],
        archive(readme=b"words"),
        archive(),
        archive(a=b"[1, 2, 3]" * 100)[:-40],
        b"\xff\xfe[",
    ],
    ids=["gzip", "words", "empty", "zip", "utf-16"],
)
def test_what_is_damaged_is_refused(data: bytes) -> None:
    with pytest.raises(BrokenJson):
        read(data)


@pytest.mark.parametrize("chunk", [1, 5, 4096])
def test_what_is_no_json_is_handed_on_where_it_may_stand(chunk: int) -> None:
    items = [b'{"a":NaN,"b":"NaN,]"}', b"-Infinity", b'{"c":[1, ],}', b'"undefined"', b"undefined"]
    text = b"[" + b" , ".join(items) + b" , ]"
    source = JsonSource(io.BytesIO(text).read, chunk=chunk, lenient=True)
    assert [*array_items(source)] == items
    assert source.commas == [len(text) - 3]
    with pytest.raises(BrokenJson, match="not JSON"):
        [*array_items(JsonSource(io.BytesIO(text).read, chunk=chunk))]


@pytest.mark.parametrize("text", [b"[NaN", b"[nan]", b"[,]", b"[1,,]", b"{,}", b'[{"a":NaN}}'])
def test_what_is_broken_otherwise_is_refused_all_the_same(text: bytes) -> None:
    with pytest.raises(BrokenJson):
        [*array_items(JsonSource(io.BytesIO(text).read, lenient=True))]


ALIKE: list[dict[str, Any]] = [
    {"country_code": "NL", "party_id": "CPO", "id": f"L{number}", "text": "x" * (number * 7 % 50)}
    for number in range(200)
]


@pytest.mark.parametrize("chunk", [64, 500, 100_000])
@pytest.mark.parametrize("indent", [None, 2])
def test_objects_that_begin_alike_are_split_as_others(chunk: int, indent: int | None) -> None:
    beginning = json.dumps(ALIKE[0])[:-1]
    odd: list[Any] = [
        {**ALIKE[0], "text": f', {beginning}, "'},
        {**ALIKE[1], "parts": ALIKE[:3]},
        {"country_code": "NL", "parts": [[{}], ALIKE[3]]},
        3,
        [],
    ]
    for objects in (ALIKE, [*ALIKE, *odd], [*odd, *ALIKE], [*ALIKE[:9], *odd, *ALIKE]):
        text = json.dumps(objects, indent=indent).encode()
        assert split(text, chunk) == objects
        source = JsonSource(io.BytesIO(text).read, chunk=chunk)
        pieces = [each.decode() for each in array_items(source)]
        assert all(piece in text.decode() and piece.strip() == piece for piece in pieces)


@pytest.mark.parametrize("chunk", [500, 100_000])
def test_objects_that_begin_alike_are_kept_up_to_a_break(chunk: int) -> None:
    text = json.dumps(ALIKE).encode()
    items = array_items(JsonSource(io.BytesIO(text.replace(b'"L150"', b'"L150')).read, chunk=chunk))
    assert [json.loads(next(items)) for _ in range(150)] == ALIKE[:150]
    with pytest.raises(BrokenJson, match=r"not JSON|is missing"):
        next(items)
    source = JsonSource(io.BytesIO(text.replace(b'"L150"', b"NaN")).read, lenient=True, chunk=chunk)
    assert len(list(array_items(source))) == len(ALIKE)

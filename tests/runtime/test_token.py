"""The credentials token in the Authorization header."""

import base64
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpi_runtime import token

TOKENS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=64)


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@given(TOKENS)
def test_what_is_sent_is_understood_in_both_codings(text: str) -> None:
    assert token.candidates(token.header_value(text, base64=True))[0] == text
    assert text in token.candidates(token.header_value(text, base64=False))


@given(TOKENS)
def test_a_token_that_was_encoded_twice_is_never_understood(text: str) -> None:
    if not (text.startswith(encoded(text)) or text == encoded(encoded(text))):
        assert text not in token.candidates(f"Token {encoded(encoded(text))}")


@given(st.text())
def test_any_header_returns_printable_tokens_or_none(header: str) -> None:
    for each in token.candidates(header):
        assert token.is_token(each)


def test_the_form_on_the_wire() -> None:
    assert token.header_value("example-token", base64=True) == "Token ZXhhbXBsZS10b2tlbg=="
    assert token.header_value("example-token", base64=False) == "Token example-token"


@pytest.mark.parametrize("scheme", ["Token", "token", "TOKEN", "tOkEn", " Token"])
@pytest.mark.parametrize("gap", [" ", "  ", "\t"])
def test_the_scheme_has_no_case(scheme: str, gap: str) -> None:
    assert token.candidates(f"{scheme}{gap}secret-1 ") == ("secret-1",)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        " ",
        "Token",
        "Token ",
        "secret",
        "Bearer secret",
        "Basic c2VjcmV0",
        "Tokensecret",
        "Token a b",
        "Token a,b c",
        "Token secré",
        "Token a\x7fb",
        "Token a\nb",
        "Token secret\n",
        "Token " + "a" * 2000,
    ],
)
def test_other_headers_carry_no_token(header: str | None) -> None:
    assert token.candidates(header) == ()


def test_a_header_has_at_most_1024_characters() -> None:
    longest = "!" * (1024 - len("Token "))
    assert token.candidates(f"Token {longest}") == (longest,)
    assert token.candidates(f"Token {longest}!") == ()


@pytest.mark.parametrize(
    ("sent", "understood"),
    [
        ("ZXhhbXBsZS10b2tlbg==", "example-token"),
        ("ZXhhbXBsZS10b2tlbg=", "example-token"),
        ("ZXhhbXBsZS10b2tlbg", "example-token"),
        ("ZXhhbXBsZS10b2tlbgo=", "example-token"),
        ("ZXhhbXBsZS10b2tlbg0K", "example-token"),
    ],
)
def test_padding_and_a_final_line_end_do_not_matter(sent: str, understood: str) -> None:
    assert token.candidates(f"Token {sent}") == (understood, sent)


@pytest.mark.parametrize(
    "sent",
    [
        "ZXhhbXBsZS10b2tlbg===",
        "ZXhh=bXBsZQ==",
        "ZXhhbXBsZS10b2tlb!==",
        "gICA",  # no ASCII
        "YSBi",  # a space inside
        "Cg==",  # a line end alone
        "ZXhh****bXBsZS10b2tlbg==",  # a token but for four characters
        "ab_-",  # the other alphabet of Base64
        "a",
    ],
)
def test_what_decodes_to_no_token_is_read_plain_only(sent: str) -> None:
    assert token.candidates(f"Token {sent}") == (sent,)


@pytest.mark.parametrize("text", ["", "a b", "a\n", "é", "\x7f", "a\x00"])
def test_what_is_no_token_is_not_sent_and_not_shown(text: str) -> None:
    for base64_ in (True, False):
        with pytest.raises(ValueError, match="printable ASCII") as caught:
            token.header_value(text, base64=base64_)
        assert not text or text not in str(caught.value)


def test_new_tokens_are_long_different_and_safe_anywhere() -> None:
    made = {token.new_token() for _ in range(200)}
    assert len(made) == 200
    assert token.MAX_LENGTH == 64
    for each in made:
        assert len(each) == 48
        assert set(each) <= set(string.ascii_letters + string.digits + "-_")
        assert len(base64.urlsafe_b64decode(each + "==")) >= 32


def test_a_token_is_found_by_its_digest() -> None:
    stored = token.digest("secret")
    assert stored == token.digest("secret") != token.digest("Secret")
    assert "secret" not in stored
    assert len(stored) == 64
    assert token.matches("secret", stored)
    assert not token.matches("Secret", stored)
    assert not token.matches("sécret", stored)

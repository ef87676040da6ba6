"""The examples of overlays print what their guides promise."""

from collections.abc import Awaitable, Callable

import pytest

from examples import overlay_accessibility, overlay_direct_payment, overlay_end_user_pricing


@pytest.mark.parametrize(
    ("main", "printed"),
    [
        (overlay_accessibility.main, "LOC1 E1 360 PAS 1899:2022\n"),
        (overlay_direct_payment.main, "['T1'] ['LOC1']\nDebit card, ****1234 12.10 EUR\n"),
        (
            overlay_end_user_pricing.main,
            "{'E1': Decimal('0.588'), 'E2': Decimal('0.588')} {}\n",
        ),
    ],
)
async def test_an_example_of_an_overlay_prints(
    main: Callable[[], Awaitable[None]], printed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await main()
    assert capsys.readouterr().out == printed

"""Rules about payment terminals."""

from ocpi_conformance.rules._rule import Clause, Needs, Rule, Severity, Strength

_MODULES = frozenset({"payments"})
_FROM_2_3 = frozenset({"2.3.0"})
_CHAPTER = "mod_payments.asciidoc#mod_payments_"


def _rule(
    name: str,
    title: str,
    clause: tuple[str, str],
    fix: str,
    severity: Severity = Severity.ERROR,
) -> Rule:
    section, text = clause
    return Rule(
        f"payments.{name}",
        title,
        severity,
        Clause(f"{_CHAPTER}{section}", Strength.MUST, text),
        fix,
        versions=_FROM_2_3,
        modules=_MODULES,
        needs=Needs.WRITE,
    )


ACTIVATED = _rule(
    "activated",
    "A terminal that was activated can be read",
    ("ptp_terminal_post_activate_method", "POST activates a terminal."),
    "Create the terminal before you answer, under the terminal_id of the request, if it has one.",
)
PUT = _rule(
    "put",
    "PUT changes a terminal",
    ("ptp_terminal_put_method", "PUT replaces the terminal."),
    "Store what is put before you answer, and return it.",
)
PATCH = _rule(
    "patch",
    "PATCH assigns locations and EVSEs to a terminal",
    ("ptp_patch_terminal_method", "PATCH sets location_ids and evse_uids."),
    "Merge what is sent into the terminal, and return it.",
)
DEACTIVATED = _rule(
    "deactivated",
    "A terminal that was deactivated is no longer among the terminals",
    ("ptp_terminal_post_deactivate_method", "POST takes a terminal out of use."),
    "Take a deactivated terminal out of the list of terminals.",
    # What the list shows of a terminal out of use is not written.
    Severity.WARNING,
)

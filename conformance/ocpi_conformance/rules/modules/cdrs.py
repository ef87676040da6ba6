"""Rules about CDRs that are posted."""

from ocpi_conformance.rules._rule import Clause, Needs, Rule, Severity, Strength

_POST = "mod_cdrs.asciidoc#mod_cdrs_post_method"
_HEADERS = "mod_cdrs.asciidoc#mod_cdrs_response_headers"
_MODULES = frozenset({"cdrs"})

LOCATION = Rule(
    "cdrs.location",
    "Location leads to the CDR that was posted",
    Severity.ERROR,
    Clause(_HEADERS, Strength.MUST, "The answer has the URL of the new CDR in Location."),
    "Send Location with an absolute URL of your own host, at which GET returns the CDR.",
    modules=_MODULES,
    needs=Needs.WRITE,
)
READ_BACK = Rule(
    "cdrs.read-back",
    "GET returns the CDR that was posted",
    Severity.ERROR,
    Clause(_HEADERS, Strength.MUST, "The URL in Location is that of the CDR."),
    "Keep all fields of a CDR with their values.",
    modules=_MODULES,
    needs=Needs.WRITE,
)
POSTED_ONCE = Rule(
    "cdrs.posted-once",
    "A CDR that is posted again does not become a second one",
    Severity.WARNING,
    Clause(_POST, Strength.SHOULD, "An id stands for one CDR."),
    "Answer a CDR that is there already with the Location of the first one, or refuse it.",
    modules=_MODULES,
    needs=Needs.WRITE,
)
NEVER_CHANGES = Rule(
    "cdrs.never-changes",
    "A CDR stays as it was first posted",
    Severity.ERROR,
    Clause("mod_cdrs.asciidoc#mod_cdrs_flow_and_lifecycle", Strength.MUST, "A CDR never changes."),
    "Refuse another CDR with the id of one that is there.",
    modules=_MODULES,
    needs=Needs.WRITE,
)

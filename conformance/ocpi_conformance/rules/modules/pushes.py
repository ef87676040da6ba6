"""Rules about what a receiver does with the parts of an object, and with what it does not know."""

from ocpi_conformance.rules._rule import Clause, Needs, Rule, Severity, Strength

_TRANSPORT = "transport_and_format.asciidoc#transport_and_format_"
_STATUS = "status_codes.asciidoc#status_codes_status_codes"
_TYPES = "types.asciidoc#types_"
_SESSION_PATCH = "mod_sessions.asciidoc#mod_sessions_patch_method"
_LOCATIONS = "mod_locations.asciidoc#mod_locations_"
_APPENDING = frozenset({"2.2", "2.2.1", "2.3.0"})

CREATED_201 = Rule(
    "write.created-201",
    "PUT of a new object is answered with HTTP 201",
    Severity.WARNING,
    Clause(_STATUS, Strength.SHOULD, "An object that is newly created is answered with 201."),
    "Answer with HTTP 201 where the object was not there before.",
    needs=Needs.WRITE,
)
UPDATED_200 = Rule(
    "write.updated-200",
    "PUT of an object that is there is answered with HTTP 200",
    Severity.WARNING,
    Clause(_STATUS, Strength.SHOULD, "An object that is updated is answered with 200."),
    "Answer with HTTP 200 where the object was there before.",
    needs=Needs.WRITE,
)
CASE_OF_IDS = Rule(
    "write.case-of-ids",
    "An id in other case is the same id",
    Severity.ERROR,
    Clause(f"{_TYPES}cistring_type", Strength.MUST, "A CiString is compared without case."),
    "Compare ids without case, in URLs and in objects.",
    needs=Needs.WRITE,
)
CASE_KEPT = Rule(
    "write.case-kept",
    "Ids come back in the case in which they were sent",
    Severity.ADVICE,
    Clause(f"{_TYPES}cistring_type", Strength.MAY, "The case of a CiString says nothing."),
    "Keep ids as they were sent: many programs compare them by their case.",
    needs=Needs.WRITE,
)
UNKNOWN_FIELDS_ACCEPTED = Rule(
    "write.unknown-fields-accepted",
    "A field that the class does not have is no reason to refuse an object",
    Severity.ERROR,
    Clause(f"{_TRANSPORT}put", Strength.MUST, "Fields that are not known are ignored."),
    "Ignore fields that you do not know; later versions and agreements add some.",
    needs=Needs.WRITE,
)
UNKNOWN_FIELDS_KEPT = Rule(
    "write.unknown-fields-kept",
    "A field that the class does not have can be read back",
    Severity.ADVICE,
    Clause(f"{_TRANSPORT}put", Strength.MAY, "Nothing is said about fields that are not known."),
    "Keep what you do not know; a hub has to pass it on.",
    needs=Needs.WRITE,
)
UNKNOWN_ENUM_VALUES = Rule(
    "write.unknown-enum-values",
    "A value of an OpenEnum that is not known is accepted and kept",
    Severity.ERROR,
    Clause(f"{_TYPES}openenum_type", Strength.MUST, "Values of an OpenEnum may be added."),
    "Keep values of open enumerations as texts.",
    versions=frozenset({"2.3.0"}),
    modules=frozenset({"locations"}),
    needs=Needs.WRITE,
)
PATCH_LAST_UPDATED = Rule(
    "write.patch-last-updated",
    "PATCH without last_updated is refused",
    Severity.ERROR,
    Clause(_STATUS, Strength.MUST, "A PATCH without last_updated is 2001."),
    "Answer with OCPI 2001, and change nothing.",
    needs=Needs.WRITE,
)
PATCH_UNKNOWN_OBJECT = Rule(
    "write.patch-unknown-object",
    "PATCH of an object that is not there is refused and makes none",
    Severity.ERROR,
    Clause(f"{_TRANSPORT}patch", Strength.MUST, "A PATCH changes an object that exists."),
    "Answer with HTTP 404, or an OCPI error such as 2003; the client sends PUT then.",
    needs=Needs.WRITE,
)
PATCH_APPENDS_PERIODS = Rule(
    "write.patch-appends-periods",
    "Charging periods of a PATCH are added to those that are there",
    Severity.ERROR,
    Clause(_SESSION_PATCH, Strength.MUST, "Charging periods of a PATCH are added."),
    "Append charging_periods of a PATCH to those of the session.",
    versions=_APPENDING,
    modules=frozenset({"sessions"}),
    needs=Needs.WRITE,
)
PATCH_EMPTY_PERIODS = Rule(
    "write.patch-empty-periods",
    "A PATCH with an empty list of charging periods leaves them alone",
    Severity.ERROR,
    Clause(_SESSION_PATCH, Strength.MUST, "An empty list of periods in a PATCH adds nothing."),
    "Append nothing; keep the charging periods that are there.",
    versions=_APPENDING,
    modules=frozenset({"sessions"}),
    needs=Needs.WRITE,
)
PARENT_LAST_UPDATED = Rule(
    "write.parent-last-updated",
    "News of a part move last_updated of what it is a part of",
    Severity.ERROR,
    Clause(f"{_LOCATIONS}put_method", Strength.MUST, "News of a part are news of its parents."),
    "Set last_updated of the parents to that of the part, where theirs is older.",
    versions=_APPENDING,
    modules=frozenset({"locations", "bookings"}),
    needs=Needs.WRITE,
)
OTHER_EVSE_UNCHANGED = Rule(
    "write.other-evse-unchanged",
    "News of a connector leave other EVSEs alone",
    Severity.ERROR,
    Clause(f"{_LOCATIONS}put_method", Strength.MUST, "The URL names the EVSE of the connector."),
    "Look for the connector in the EVSE that the URL names; its id is unique there only.",
    modules=frozenset({"locations"}),
    needs=Needs.WRITE,
)
DELETE_UNKNOWN = Rule(
    "write.delete-unknown",
    "DELETE of an object that is not there is no success",
    Severity.ERROR,
    Clause("", Strength.MUST, "DELETE removes the object that the URL names."),
    "Answer with HTTP 404, or an OCPI error.",
    needs=Needs.WRITE,
)
POSTED = Rule(
    "write.posted",
    "An object that was posted can be read as it was sent",
    Severity.ERROR,
    Clause("", Strength.MUST, "POST stores an object, GET returns it."),
    "Store what is posted before you answer, and return all of it.",
    versions=frozenset({"2.3.0"}),
    modules=frozenset({"payments", "invoicereconciliation"}),
    needs=Needs.WRITE,
)

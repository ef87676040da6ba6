"""Rules about bookings, and about what can be booked."""

from ocpi_conformance.rules._rule import Clause, Needs, Rule, Severity, Strength

_MODULES = frozenset({"bookings"})
_FROM_2_3 = frozenset({"2.3.0"})
_CHAPTER = "mod_bookings.asciidoc#mod_bookings_"


def _rule(
    name: str, title: str, clause: tuple[str, str], fix: str, needs: Needs = Needs.WRITE
) -> Rule:
    section, text = clause
    return Rule(
        f"bookings.{name}",
        title,
        Severity.ERROR,
        Clause(f"{_CHAPTER}{section}", Strength.MUST, text),
        fix,
        versions=_FROM_2_3,
        modules=_MODULES,
        needs=needs,
    )


ANSWER = _rule(
    "answer",
    "A booking request is answered with its booking",
    ("cpo_post_booking_method", "The answer has the booking, with the request_id of the request."),
    "Return the booking that the request is about, with its request_id and location_id.",
)
NEW_STATUS = _rule(
    "new-status",
    "A new booking is PENDING, RESERVED, REJECTED or FAILED",
    ("make_request", "A booking is PENDING until its first request is decided."),
    "Note a request as PENDING; set the other statuses by what happens to the booking later.",
)
UNKNOWN_LOCATION = _rule(
    "unknown-location",
    "A request for an unknown booking location is not RESERVED",
    ("request_class", "booking_location_id is the id of a booking location of the CPO."),
    "Look up the booking location; answer with OCPI 2003, or with a booking that is REJECTED.",
)
FINAL = _rule(
    "final",
    "A booking that has ended does not change",
    ("make_request", "CANCELED, NO_SHOW, REJECTED, FAILED and FULFILLED are final."),
    "Refuse requests about a booking that has ended, or decline them and keep its status.",
)
REQUEST_ID = _rule(
    "request-id",
    "All requests of a booking have its request_id",
    ("request_class", "All changes of a booking have the same request_id."),
    "Keep a request with the booking whose request_id it has, and make a new one for another.",
    Needs.READ,
)
OPTION = _rule(
    "option-or-evse",
    "A booking location has an option or an EVSE",
    ("bookinglocation_object", "Either booking_option or evse_uid is there."),
    "Send booking_option, if only with the evse_uid that can be booked.",
    Needs.READ,
)
TIMESLOTS = _rule(
    "calendar-timeslots",
    "Timeslots lie within their calendar",
    ("calendar_object", "A calendar begins at begin_from and ends before end_before."),
    "Leave timeslots out that lie outside the calendar, or make it longer.",
    Needs.READ,
)

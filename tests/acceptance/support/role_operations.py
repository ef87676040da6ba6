"""What each role does at another platform, in the words of the specification's modules.

Written by hand from the module chapters, so that it is compared with the table of the platform.
"""

from fnmatch import fnmatchcase
from typing import Final

__all__ = ["ROLES", "does"]

_EVERYBODY: Final = """
    get_versions get_version_details
    get_credentials post_credentials put_credentials delete_credentials
    get_locations get_location get_evse get_connector get_tariffs
    get_hub_client_infos
"""
"""Registering, what is public, and who is connected to a hub."""

_PUBLISHES_SITES: Final = """
    get_stored_location put_location patch_location
    get_stored_evse put_evse patch_evse
    get_stored_connector put_connector patch_connector
    get_stored_tariff put_tariff patch_tariff delete_tariff
"""

_DOES: Final = {
    "CPO": f"""
        {_PUBLISHES_SITES}
        get_tokens post_authorize_token
        get_stored_session put_session patch_session delete_session
        post_cdr get_stored_cdr
        post_command_result post_*_profile_result put_active_charging_profile
        get_stored_booking_location put_booking_location patch_booking_location
        get_stored_calendar put_calendar patch_calendar
        get_stored_booking put_booking patch_booking
        *_invoice_reconciliation_record get_invoice_reconciliation_records
        get_terminals get_terminal put_terminal patch_terminal
        post_activate_terminal post_deactivate_terminal
        get_financial_advice_confirmations get_financial_advice_confirmation
    """,
    "EMSP": """
        get_stored_token put_token patch_token
        post_start_session post_stop_session post_unlock_connector
        post_reserve_now post_cancel_reservation
        get_sessions put_charging_preferences
        get_cdrs
        get_active_charging_profile put_charging_profile delete_charging_profile
        get_bookings post_booking_request get_booking_locations get_booking_location get_calendar
        *_invoice_reconciliation_record get_invoice_reconciliation_records
    """,
    "SCSP": """
        get_sessions
        get_active_charging_profile put_charging_profile delete_charging_profile
    """,
    "PTP": """
        post_start_session post_stop_session post_unlock_connector
        post_reserve_now post_cancel_reservation
        get_sessions get_cdrs
        post_terminal get_stored_terminal
        post_financial_advice_confirmation get_stored_financial_advice_confirmation
    """,
    "NAP": _PUBLISHES_SITES,
    "NSP": "",
    "OTHER": "",
    "HUB": "*",
}
"""A hub does what those do whose messages it forwards."""

ROLES: Final = tuple(_DOES)


def does(role: str, operation: str) -> bool:
    """Return whether an operation belongs to what a role does."""
    names = f"{_EVERYBODY} {_DOES[role]}".split()
    return any(fnmatchcase(operation, name) for name in names)

"""The message log: HTTP exchanges with partners, in both directions, kept for the operator.

``MessageRecorder`` writes it in batches, beside the requests; ``MessageLog`` reads it, from any
process that has the database.
"""

from ocpi_server.message_log._failures import FAILED
from ocpi_server.message_log._log import MessageLog
from ocpi_server.message_log._recorder import MessageRecorder
from ocpi_server.message_log._records import (
    Direction,
    Message,
    MessageFilter,
    MessageHead,
    MessagePage,
)

__all__ = [
    "FAILED",
    "Direction",
    "Message",
    "MessageFilter",
    "MessageHead",
    "MessageLog",
    "MessagePage",
    "MessageRecorder",
]

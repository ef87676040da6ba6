"""What the platform remembers for those who operate it by HTTP."""

from ocpi_server.operator_records._answers import Answer, Answers, InProgress, OtherRequest

__all__ = ["Answer", "Answers", "InProgress", "OtherRequest"]

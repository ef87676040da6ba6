"""What stops a plan from being made."""

__all__ = ["PlanError"]


class PlanError(Exception):
    """A bundle says something that cannot become Python code; the message says what and where."""

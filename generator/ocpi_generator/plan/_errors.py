"""What stops a plan from being made."""

__all__ = ["PlanError"]


class PlanError(Exception):
    """A bundle has something that cannot become Python code; the message names what and where."""

"""What all tests share."""

from hypothesis import settings

# The same cases in every run, and no failure because a machine is busy.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

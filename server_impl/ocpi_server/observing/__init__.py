"""Observation of a platform: each HTTP exchange passes through here."""

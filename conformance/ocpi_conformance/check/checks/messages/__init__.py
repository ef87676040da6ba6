"""Checks of messages, whatever module they belong to."""

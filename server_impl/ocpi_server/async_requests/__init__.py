"""Requests whose result comes later, from both sides."""

"""Checks of requests whose result comes later: commands and charging profiles."""

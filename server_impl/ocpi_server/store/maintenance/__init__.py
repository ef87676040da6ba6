"""Backup and checks of the database."""

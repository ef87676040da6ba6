"""Handlers: generated stubs filled in with the services of the platform.

Each module of this package holds the methods of one OCPI module, for any version.
:mod:`ocpi_server.handlers.bound` binds them to the stubs of each version.
"""

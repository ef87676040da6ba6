"""Handlers: generated stubs filled in with the services of the platform.

Each module of this package holds the methods of one OCPI module, for any version. A module per
version (:mod:`ocpi_server.handlers.v2_2_1`) binds them to the stubs of that version.
"""

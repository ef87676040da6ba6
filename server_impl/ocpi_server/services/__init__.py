"""The rules of OCPI, on JSON text and ids: the same for every version that is served.

Handlers are thin: they name the fields of their version and hand over to a service.
"""

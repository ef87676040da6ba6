"""The commands ``ocpi price`` and ``ocpi tariff``."""

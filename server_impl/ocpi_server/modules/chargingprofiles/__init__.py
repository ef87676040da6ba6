"""The module chargingprofiles."""

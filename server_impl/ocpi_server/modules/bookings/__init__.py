"""The module bookings (2.3.0)."""

"""The command ocpi convert."""

"""Objects that a check makes at a party: which, how they are named, and how they are removed."""

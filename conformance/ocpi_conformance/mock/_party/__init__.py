"""The party that a client under test speaks to: its data, its handlers, its registration."""

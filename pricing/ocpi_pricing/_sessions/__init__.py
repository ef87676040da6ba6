"""Sessions: their periods on the clock of the location."""

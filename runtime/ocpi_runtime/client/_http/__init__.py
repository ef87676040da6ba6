"""Input and output: HTTP libraries, connections, streams."""

"""Commands that load what they need when they run, and the options that they share."""

"""Rules about messages, whatever module they belong to: a module of code for each group."""

"""Rules about objects and what is done with them: a module of code for each group."""

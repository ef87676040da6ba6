"""What becomes of rules during a run: breaches become findings, questions become verdicts."""

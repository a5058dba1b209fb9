"""Random jobs and random faults at once: ``python -m tests.system.chaos``."""

"""Handlers of the jobs on nodes."""

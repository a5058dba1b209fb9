"""The whole runbook on simulated nodes: six hypers and a gateway join a zone already in service.

It drives the console from outside, as a user does: management commands, the REST API, real SSH.
"""

"""The whole runbook on simulated nodes: six hypers and a gateway join a zone that runs already.

It drives the console from outside, as a person does: management commands, the REST API, real SSH.
"""
